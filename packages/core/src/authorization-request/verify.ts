import { budgetParametersOf } from '../challenge/budget.ts';
import { judgeProof, type OpenChallenge } from '../challenge/judge.ts';
import type { CoreContext } from '../context.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { formatId } from '../id.ts';
import { satisfiesBinding } from '../binding.ts';
import type { Method } from '../method/define.ts';
import { AfterRollback } from '../idempotency/after-rollback.ts';
import { parseProof } from './parse-proof.ts';
import { requestPurpose } from './purpose.ts';
import { loadRequest } from './get.ts';
import { explainRefusal, refusalError, untilTaken } from './refusal.ts';
import type { RequestWithChallenge } from './row.ts';
import type { ProofInput } from './schema.ts';
import { snapshotOf } from './snapshot.ts';
import { decide } from './state.ts';
import { reserveAttempt, type ReservedRow } from './statement/reserve.ts';
import { settleLateRight } from './statement/late.ts';
import { settleWrong } from './statement/wrong.ts';
import { viewerOf } from './statement/visible.ts';

/** A proof that was judged right, and what its attempt cost, to be given back. */
export interface RightProof {
  readonly right: true;
  readonly row: ReservedRow;
  readonly challenge: OpenChallenge;
  readonly method: Method;
  readonly chargedAt: Date;
  readonly factorKey: string;
}

export interface WrongProof {
  readonly right: false;
  readonly row: RequestWithChallenge;
}

/**
 * Judges one proof. Its shape is checked first and costs nothing; then the attempt is spent, in a statement
 * that commits by itself, so that no rollback, crash or parallel call can give it back (ASVS 5.0 15.4.2);
 * only then is anything compared. Wrong is a value and is written here; right is decided by the caller.
 */
export async function verifyProof(
  context: CoreContext,
  uuid: string,
  proof: ProofInput,
  command: 'check' | 'grant',
  passedAlong: unknown,
): Promise<RightProof | WrongProof> {
  const { method, parsed } = parseProof(context.methods, proof);
  const factorKey = method.key;
  const { row, challenges, chargedAt } = await untilTaken(
    async () => {
      const now = context.clock.now();
      const parameters = {
        ...viewerOf(context.actor),
        ...budgetParametersOf(context.limits, now, factorKey),
        id: uuid,
        method: method.key,
      };
      const rows = await context.database.pool.query(reserveAttempt, parameters);
      const [reserved] = rows;
      return reserved && { row: reserved, challenges: answerable(rows), chargedAt: now };
    },
    () => explainRefusal(context, uuid, { kind: 'reserve' }, { method: method.key, factorKey }),
  );
  const strongEnough = satisfiesBinding(method.binding, row.required_binding);
  const challenge = await judgeProof(context, {
    purpose: requestPurpose,
    aboutId: row.id,
    dataHash: row.data_hash,
    displayHash: row.display_hash,
    publicId: formatId('authorizationRequest', row.id),
    method,
    proof: parsed,
    challenges: strongEnough ? challenges : [],
    now: chargedAt,
  });
  if (challenge) return { right: true, row, challenge, method, chargedAt, factorKey };
  return await wrong(context, uuid, method.key, command, passedAlong);
}

/** A wrong answer: written whatever the request has become, in the transaction of the answer if there is one. */
async function wrong(
  context: CoreContext,
  uuid: string,
  method: string,
  command: 'check' | 'grant',
  passedAlong: unknown,
): Promise<WrongProof> {
  const [row] = await context.db.query(settleWrong, {
    ...eventParametersOf(context, context.clock.now(), passedAlong),
    id: uuid,
    method,
    command,
    failedEventId: context.ids.uuid(),
    deniedEventId: context.ids.uuid(),
  });
  if (!row) throw new Error('the request of a reserved attempt is gone');
  return { right: false, row };
}

/**
 * A right proof took no row: the request was decided, expired or reset while it was judged. After a reset its
 * code is void, so the answer is wrong; otherwise it was right and too late: nothing is held against the
 * person, and the refusal says what happened.
 */
export async function tooLate(
  context: CoreContext,
  proof: RightProof,
  command: 'check' | 'grant',
  passedAlong: unknown,
): Promise<WrongProof> {
  const { row, chargedAt, factorKey, method } = proof;
  const present = await loadRequest({ ...context, db: context.database.pool }, row.id);
  const now = context.clock.now();
  const decision = decide(snapshotOf(present), { kind: 'reserve' }, now);
  if (decision.ok || decision.refusal === 'attempts_exhausted')
    return await wrong(context, row.id, method.key, command, passedAlong);
  // Not now: in the transaction of a key this row is locked by us, and what is written is undone by the refusal.
  throw new AfterRollback(refusalError(decision.refusal, present, now), () =>
    context.database.pool.query(settleLateRight, { id: row.id, chargedAt, factorKey }),
  );
}

/** After a resend the newest and the one before are valid; a message may be overtaken by the next one. */
function answerable(rows: readonly ReservedRow[]): OpenChallenge[] {
  return rows.toSorted(newestFirst).slice(0, 2).flatMap(openChallengeOf);
}

/** Ids of one millisecond rise, too. */
function newestFirst(a: ReservedRow, b: ReservedRow): number {
  const later = (b.open_created_at?.getTime() ?? 0) - (a.open_created_at?.getTime() ?? 0);
  return later || ((a.open_id ?? '') < (b.open_id ?? '') ? 1 : -1);
}

function openChallengeOf(row: ReservedRow): OpenChallenge[] {
  if (row.open_id === null) return [];
  return [{ id: row.open_id, factorId: row.open_factor_id, digest: row.open_digest, keyId: row.open_key_id }];
}
