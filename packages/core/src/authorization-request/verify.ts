import { satisfiesBinding, type Binding } from '../binding.ts';
import { budgetParametersOf } from '../challenge/budget.ts';
import { judgeProof, type OpenChallenge, type RightAnswer } from '../challenge/judge.ts';
import { countLocks, lockParametersOf } from '../challenge/lock-note.ts';
import { openChallengeOf, type OpenChallengeRow } from '../challenge/open.ts';
import { untilTaken } from '../challenge/until-taken.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import type { FactorInForce } from '../factor/in-force.ts';
import { factorOfProof } from '../factor/of-proof.ts';
import { formatId } from '../id.ts';
import { AfterRollback } from '../idempotency/after-rollback.ts';
import { configuredMethods, findConfigured } from '../method/configured.ts';
import { declaredMethod, silentSpan } from '../telemetry.ts';
import { countTransition } from '../transition.ts';
import type { Method } from '../method/define.ts';
import { loadRequest } from './get.ts';
import { parseProof } from './parse-proof.ts';
import { requestPurpose } from './purpose.ts';
import { explainRefusal, refusalError } from './refusal.ts';
import type { RequestWithChallenge } from './row.ts';
import type { ProofInput } from './schema.ts';
import { snapshotOf } from './snapshot.ts';
import { decide } from './state.ts';
import { settleLateRight } from './statement/late.ts';
import { reserveAttempt, reserveTry, type ReservedRow } from './statement/reserve.ts';
import { viewerOf } from './statement/visible.ts';
import { settleWrong } from './statement/wrong.ts';

/** A proof that was judged right, and what its attempt cost, to be given back. */
export interface RightProof extends RightAnswer {
  readonly right: true;
  readonly row: ReservedRow;
  readonly method: Method;
  /** The factor that made it, where one did; null where a message proved. */
  readonly factor: FactorInForce | null;
  readonly binding: Binding;
  readonly chargedAt: Date;
  readonly factorKey: string;
}

export interface WrongProof {
  readonly right: false;
  readonly row: RequestWithChallenge;
}

/** A proof of which the shape is known, and which request it is for. Nothing is compared yet, and nothing spent. */
export interface PresentedProof {
  readonly uuid: string;
  readonly command: 'check' | 'grant';
  readonly method: Method;
  readonly parsed: Record<string, unknown>;
  /** The factor as it was when it was read; null when none can have made this. */
  readonly factor: FactorInForce | null;
  /** The request as it was then; null where only a message proves, and nothing had to be looked up. */
  readonly present: RequestWithChallenge | null;
  readonly passedAlong: unknown;
}

/**
 * Whose proof it says it is. Its shape costs nothing; for a factor the request and the subject's factors are read.
 *
 * @throws CountersignError `invalid_input`, `method_unavailable`, `not_found`.
 */
export async function presentProof(
  context: CoreContext,
  uuid: string,
  proof: ProofInput,
  command: 'check' | 'grant',
  passedAlong: unknown,
): Promise<PresentedProof> {
  const { method, parsed } = parseProof(context.methods, proof);
  await requireActive(context, method);
  const presented = { uuid, command, method, parsed, passedAlong };
  if (method.provesBy === 'secret') return { ...presented, factor: null, present: null };
  const reading = { ...context, db: context.database.pool };
  const present = await loadRequest(reading, uuid);
  return { ...presented, present, factor: await factorOf(reading, method, parsed, present) };
}

/** What an operator has switched off proves nothing, also where it was asked before. */
export async function requireActive(context: CoreContext, method: Method): Promise<void> {
  const configured = configuredMethods(context.methods, await context.methodConfigurations.current());
  if (!findConfigured(configured, method.key)?.isActive) throw new CountersignError('method_unavailable');
}

async function factorOf(
  context: CoreContext,
  method: Method,
  proof: unknown,
  { subject_id: subjectId, factor_ids: ids, challenge }: RequestWithChallenge,
): Promise<FactorInForce | null> {
  const asked = challenge?.method === method.key ? challenge.factor_id : null;
  return await factorOfProof(context, method, proof, { subjectId, ids, asked });
}

/**
 * Judges a proof and writes what a right one decides, by `commit`: wrong is a value.
 *
 * @throws CountersignError what `verifyProof` and `settleRight` refuse by.
 */
export async function prove<Row>(
  context: CoreContext,
  presented: PresentedProof,
  commit: (proof: RightProof) => Promise<Row | undefined>,
): Promise<{ readonly row: Row; readonly proof: RightProof } | WrongProof> {
  const { uuid, method } = presented;
  return await context.telemetry.span('proof', uuid, async (span) => {
    const verdict = await verifyProof(context, presented);
    const settled = verdict.right ? await settleRight(context, presented, verdict, commit) : verdict;
    const outcome = 'right' in settled ? 'wrong' : 'right';
    const told = declaredMethod(context, method.key);
    context.telemetry.add('proofs', { verdict: outcome, method: told, about: 'authorization_request' });
    span.set({ outcome, method: told });
    return settled;
  });
}

/**
 * Judges one proof. Its shape was checked first and cost nothing; then the attempt is spent, in a statement
 * that commits by itself, so that no rollback, crash or parallel call can give it back (ASVS 5.0 15.4.2);
 * only then is anything compared. Wrong is a value and is written here; right is decided by the caller.
 */
async function verifyProof(
  context: CoreContext,
  presented: PresentedProof,
): Promise<RightProof | WrongProof> {
  const { uuid, method, factor } = presented;
  const bySecret = method.provesBy === 'secret';
  const givenKey = factor?.uuid ?? method.key;
  const reservation = await context.telemetry.span('proof.reserve', uuid, () =>
    untilTaken(
      async () => {
        const now = context.clock.now();
        const parameters = {
          ...viewerOf(context.actor),
          ...budgetParametersOf(context.limits, now, givenKey),
          bySecret,
          id: uuid,
          method: method.key,
        };
        const reserve = method.endsWhenWrong ? reserveTry : reserveAttempt;
        const rows = await context.database.pool.query(reserve, parameters);
        const [reserved] = rows;
        return reserved && { row: reserved, challenges: openChallengesOf(rows), chargedAt: now };
      },
      () =>
        explainRefusal(
          context,
          uuid,
          { kind: 'reserve' },
          { method: method.key, factorKey: givenKey, bySecret },
        ),
    ),
  );
  const { row, challenges, chargedAt } = reservation;
  const factorKey = row.factor_key;
  const proof = { right: true, row, method, factor, chargedAt, factorKey } as const;
  const answer = await context.telemetry.span('proof.judge', uuid, () =>
    judge(context, presented, proof, challenges),
  );
  return answer ? { ...proof, ...answer } : await wrong(context, presented, factorKey);
}

type Reserved = Pick<RightProof, 'row' | 'factor' | 'chargedAt'>;

async function judge(
  context: CoreContext,
  presented: PresentedProof,
  { row, factor, chargedAt }: Reserved,
  challenges: readonly OpenChallenge[],
): Promise<(RightAnswer & { readonly binding: Binding }) | null> {
  const { method, parsed, passedAlong } = presented;
  const strongest = factor?.binding ?? method.binding;
  const possible = satisfiesBinding(strongest, row.required_binding);
  const answer = await judgeProof(context, {
    purpose: requestPurpose,
    aboutId: row.id,
    dataHash: row.data_hash,
    request: {
      kind: 'authorization_request',
      id: formatId('authorizationRequest', row.id),
      slug: row.slug,
      subjectId: row.subject_id,
      dataHash: row.data_hash.toString('base64url'),
      displayHash: row.display_hash.toString('base64url'),
    },
    method,
    settings: factor?.configured.settings ?? (await settingsOf(context, method)),
    proof: parsed,
    decision: 'grant',
    factor: factor && factor.known,
    challenges: possible ? challenges : [],
    now: chargedAt,
    passedAlong,
  });
  if (!answer || !possible) return null;
  // A verdict can say less than its factor promises, never more.
  const said = answer.verdict.binding ?? strongest;
  const binding = satisfiesBinding(strongest, said) ? said : strongest;
  return satisfiesBinding(binding, row.required_binding) ? { ...answer, binding } : null;
}

async function settingsOf(context: CoreContext, method: Method): Promise<Record<string, unknown>> {
  if (!method.settings) return {};
  const configured = configuredMethods(context.methods, await context.methodConfigurations.current());
  return findConfigured(configured, method.key)?.settings ?? {};
}

/**
 * A right proof by a factor took no row, and the request still waits for it: the factor has changed since it was read,
 * by another proof or by its owner. It is judged by what the factor is now; nothing more is spent. Null when it is
 * wrong by that.
 */
async function judgeAgain(
  context: CoreContext,
  presented: PresentedProof,
  proof: RightProof,
): Promise<RightProof | null> {
  const reading = { ...context, db: context.database.pool };
  const present = await loadRequest(reading, presented.uuid);
  const factor = await factorOf(reading, presented.method, presented.parsed, present);
  if (!factor || !proof.factor || factor.uuid !== proof.factor.uuid) return null;
  const answer = await judge(
    context,
    presented,
    { ...proof, factor },
    proof.challenge ? [proof.challenge] : [],
  );
  return answer && { ...proof, ...answer, factor };
}

/** A wrong answer: written whatever the request has become, in the transaction of the answer if there is one. */
async function wrong(
  context: CoreContext,
  { uuid, method, command, passedAlong }: PresentedProof,
  factorKey: string,
): Promise<WrongProof> {
  const now = context.clock.now();
  const [row] = await context.db.query(settleWrong, {
    ...eventParametersOf(context, now, passedAlong),
    ...lockParametersOf(context.limits, now, {
      method: method.key,
      factorKey,
      factorId: factorKey === method.key ? null : factorKey,
    }),
    id: uuid,
    command,
    failedEventId: context.ids.uuid(),
    deniedEventId: context.ids.uuid(),
  });
  if (!row) throw new Error('the request of a reserved attempt is gone');
  const told = declaredMethod(context, method.key);
  countLocks(context, told, row);
  const { slug, reason } = row;
  if (row.last) countTransition(context, { outcome: 'denied', slug, method: told, reason }, silentSpan);
  return { right: false, row };
}

/** So many proofs by one factor can be on their way at once: what is charged for them is bounded by the day's limit. */
const turnsMax = 40;

/**
 * Writes what a right proof decides, by `commit`, until it takes its row. When it takes none, either the factor has
 * changed, then the proof is judged again; or the request was decided, expired or reset while it was judged. After a
 * reset its code is void, so the answer is wrong; otherwise it was right and too late: nothing is held against the
 * person, and the refusal says what happened.
 */
async function settleRight<Row>(
  context: CoreContext,
  presented: PresentedProof,
  first: RightProof,
  commit: (proof: RightProof) => Promise<Row | undefined>,
): Promise<{ readonly row: Row; readonly proof: RightProof } | WrongProof> {
  let proof = first;
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const judged = proof;
    const row = await context.telemetry.span('proof.commit', presented.uuid, () => commit(judged));
    if (row !== undefined) return { row, proof };
    const present = await loadRequest({ ...context, db: context.database.pool }, proof.row.id);
    const now = context.clock.now();
    const decision = decide(
      snapshotOf(present),
      { kind: 'check_right', generation: proof.row.generation },
      now,
    );
    if (!decision.ok) {
      if (decision.refusal === 'superseded') return await wrong(context, presented, proof.factorKey);
      // Not now: in the transaction of a key this row is locked by us, and what is written is undone by the refusal.
      const {
        chargedAt,
        factorKey,
        row: { id },
      } = proof;
      throw new AfterRollback(refusalError(decision.refusal, present, now), () =>
        context.database.pool.query(settleLateRight, { id, chargedAt, factorKey }),
      );
    }
    const again = await judgeAgain(context, presented, proof);
    if (!again) break;
    proof = again;
  }
  return await wrong(context, presented, proof.factorKey);
}

/** After a resend the newest and the one before are valid; a message may be overtaken by the next one. */
export function openChallengesOf(rows: readonly OpenChallengeRow[]): OpenChallenge[] {
  return rows
    .toSorted(newestFirst)
    .slice(0, 2)
    .flatMap((row) => openChallengeOf(row) ?? []);
}

/** Ids of one millisecond rise, too. */
function newestFirst(a: OpenChallengeRow, b: OpenChallengeRow): number {
  const later = (b.open_created_at?.getTime() ?? 0) - (a.open_created_at?.getTime() ?? 0);
  return later || ((a.open_id ?? '') < (b.open_id ?? '') ? 1 : -1);
}
