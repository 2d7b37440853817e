import { judgeProof, type RightAnswer } from '../challenge/judge.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import type { FactorInForce } from '../factor/in-force.ts';
import { factorOfProof } from '../factor/of-proof.ts';
import type { ConfiguredMethod } from '../method/configured.ts';
import { invalidInputFrom } from '../parse.ts';
import { activeMethods, methodOf } from './configured.ts';
import { digestPurpose, isReserved } from './purpose.ts';
import { loadConfirmation } from './refusal.ts';
import { countRight, reserveProof, settleWrongProof, tooLate, type Reserved } from './reservation.ts';
import { judgedRequestOf, snapshotOf, type ConfirmationWithChallenge } from './row.ts';
import { decide } from './state.ts';
import type { ConfirmationPresent } from './statement/read.ts';
import { reserveAttempt } from './statement/reserve.ts';
import { streakKeyOf } from './streak-key.ts';

/** A proof of which the shape is known, and what it is for. Nothing is compared yet, and nothing spent. */
export interface PresentedProof {
  readonly present: ConfirmationPresent;
  readonly configured: ConfiguredMethod;
  readonly parsed: { readonly method: string };
  /** The factor as it was when it was read; null where a message proves, and when none can have made this. */
  readonly factor: FactorInForce | null;
  readonly passedAlong: unknown;
}

/** A proof that was judged right, its attempt spent. */
export interface RightProof extends Reserved {
  readonly right: true;
  readonly answer: RightAnswer;
  readonly factor: FactorInForce | null;
}

export interface WrongProof {
  readonly right: false;
  readonly row: ConfirmationWithChallenge;
}

/**
 * Whose proof it says it is. Its shape costs nothing; for a factor, that one is read.
 *
 * @throws CountersignError `not_found`, `unavailable` (its method is switched off, or it is not for this procedure),
 * `invalid_input`.
 */
export async function presentProof(
  context: CoreContext,
  uuid: string,
  data: Readonly<Record<string, unknown>>,
  passedAlong: unknown,
): Promise<PresentedProof> {
  const [present, active] = await Promise.all([loadConfirmation(context, uuid), activeMethods(context)]);
  const configured = methodOf(active, present);
  if (!configured || (present.purpose !== null && isReserved(present.purpose)))
    throw new CountersignError('unavailable');
  const { method } = configured;
  const parsed = method.proof.safeParse({ ...data, method: method.key });
  if (!parsed.success) throw invalidInputFrom(parsed.error, ['data']);
  const presented = { present, configured, parsed: parsed.data, passedAlong };
  return { ...presented, factor: await factorOf(context, presented) };
}

/** Of a confirmation for a factor only that one can be the one. */
async function factorOf(
  context: CoreContext,
  { present, configured, parsed }: Omit<PresentedProof, 'factor'>,
): Promise<FactorInForce | null> {
  const { factor_id: factorId, subject_id: subjectId } = present;
  if (configured.method.provesBy !== 'factor' || factorId === null || subjectId === null) return null;
  const reading = { ...context, db: context.database.pool };
  const from = { subjectId, ids: [factorId], asked: factorId };
  return await factorOfProof(reading, configured.method, parsed, from);
}

/** Judges one proof, after its attempt was spent. Wrong is a value and is written here; right is decided by the caller. */
export async function verifyProof(
  context: CoreContext,
  presented: PresentedProof,
): Promise<RightProof | WrongProof> {
  const { present, configured } = presented;
  const reserved = await reserveProof(
    context,
    { id: present.id, factorKey: streakKeyOf(context, configured, present) },
    (parameters) => context.database.pool.query(reserveAttempt, parameters),
    ({ factor_in_force: isInForce }) => (isInForce ? null : new CountersignError('unavailable')),
  );
  const answer = await judge(context, presented, reserved);
  if (answer) return { ...reserved, right: true, answer, factor: presented.factor };
  return await wrong(context, presented, reserved);
}

async function judge(
  context: CoreContext,
  { configured, parsed, factor, passedAlong }: PresentedProof,
  { row, challenge, chargedAt }: Reserved,
): Promise<RightAnswer | null> {
  return await judgeProof(context, {
    purpose: digestPurpose,
    aboutId: row.id,
    dataHash: row.data_hash,
    request: judgedRequestOf(row),
    method: configured.method,
    settings: configured.settings,
    proof: parsed,
    decision: 'grant',
    factor: factor && factor.known,
    challenges: challenge ? [challenge] : [],
    now: chargedAt,
    passedAlong,
  });
}

async function wrong(
  context: CoreContext,
  { configured, passedAlong }: PresentedProof,
  reserved: Reserved,
): Promise<WrongProof> {
  return { right: false, row: await settleWrongProof(context, reserved, configured, passedAlong) };
}

/** So many proofs by one factor can be on their way at once: what is charged for them is bounded by the day's limit. */
const turnsMax = 40;

/**
 * Writes what a right proof decides, by `commit`, until it takes its row. When it takes none, either its factor has
 * changed since it was read: then it is judged again by what the factor is now, and nothing more is spent (of two right
 * answers with one time step the second is wrong). Or it was confirmed by another, has expired, or its factor is gone:
 * right and too late.
 */
export async function settleRight<Row>(
  context: CoreContext,
  presented: PresentedProof,
  first: RightProof,
  commit: (proof: RightProof) => Promise<Row | undefined>,
): Promise<{ readonly right: true; readonly row: Row } | WrongProof> {
  let proof = first;
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const row = await commit(proof);
    if (row !== undefined) {
      countRight(context, presented.configured.method);
      return { right: true, row };
    }
    const present = await loadConfirmation(context, proof.row.id);
    const decision = decide(snapshotOf(present), 'right', context.clock.now());
    const late = { ...proof, id: proof.row.id };
    if (!decision.ok) throw tooLate(context, late, new CountersignError(decision.refusal));
    if (!present.factor_in_force) throw tooLate(context, late, new CountersignError('unavailable'));
    // The message went to what was replaced since: no further look makes it right.
    if (presented.configured.method.provesBy === 'secret') break;
    const now = { ...presented, present };
    const factor = await factorOf(context, now);
    const answer = factor && (await judge(context, { ...now, factor }, proof));
    if (!answer) break;
    proof = { ...proof, answer, factor };
  }
  return await wrong(context, presented, first);
}
