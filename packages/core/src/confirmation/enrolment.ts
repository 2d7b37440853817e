import { judgeProof } from '../challenge/judge.ts';
import { digitsFor } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { confirmationDefaults } from '../limits.ts';
import type { ConfiguredMethod } from '../method/configured.ts';
import type { Recipient, VerifyInput } from '../method/define.ts';
import { hashBound } from './bound-hashes.ts';
import { insertPrepared, type Inserted } from './insert.ts';
import { prepareConfirmation, type Prepared } from './prepare.ts';
import { digestPurpose, enrolmentPurpose } from './purpose.ts';
import { loadConfirmation } from './refusal.ts';
import { countRight, reserveProof, settleWrongProof, tooLate, type Reserved } from './reservation.ts';
import { judgedRequestOf, snapshotOf } from './row.ts';
import type { ConfirmationView } from './schema.ts';
import { decide } from './state.ts';
import { refundEnrolment, useForEnrolment } from './statement/enrol.ts';
import { reserveEnrolment } from './statement/reserve.ts';
import { viewOf } from './view.ts';

/** What confirms that an enrolment, or a change of a factor, is to take effect. */
export interface EnrolmentConfirmation {
  readonly factorUuid: string;
  readonly subjectId: string;
  readonly configured: ConfiguredMethod;
  /** Where the code goes that confirms it; null where nothing is sent, and the factor's own proof confirms it. */
  readonly recipient: Recipient | null;
  /** Of what waits to take effect: a confirmation of one value never confirms another (bug 20). */
  readonly valueHash: Uint8Array;
  /** What the person reads in the message: plain text, at most 200 characters. */
  readonly title: string;
  readonly now: Date;
  readonly passedAlong: unknown;
}

/** A confirmation with its message, before anything is written. */
export type PreparedConfirmation = Prepared;

/** Makes the confirmation and asks the method for its challenge where there is a recipient. Writes nothing. */
export async function prepareEnrolment(
  context: CoreContext,
  asked: EnrolmentConfirmation,
): Promise<PreparedConfirmation> {
  const { factorUuid, subjectId, configured, recipient, valueHash, title, now, passedAlong } = asked;
  const { method, settings, id: methodUuid } = configured;
  const data = JSON.stringify(Buffer.from(valueHash).toString('base64url'));
  return await prepareConfirmation(context, {
    kind: 'enrolment',
    slug: enrolmentPurpose,
    subjectId,
    purpose: enrolmentPurpose,
    methodUuid,
    factorUuid,
    byFactorInForce: false,
    way: { method, settings, factor: null, factorRenewals: null, factors: [], recipient },
    data: null,
    valueHash,
    dataHash: hashBound({ methodUuid, factorUuid, purpose: enrolmentPurpose, subjectId, data }),
    title,
    challenges: recipient !== null,
    atOnce: false,
    expiresInSeconds: confirmationDefaults.expiresInSeconds,
    now,
    passedAlong,
  });
}

/**
 * Writes it, in the transaction of `writing.db`: after the factor's row, since it locks the subject's counters and the
 * recipient's. `afterCommit` hands the message over and throws `delivery_failed` when the carrier fails.
 *
 * @throws CountersignError `rate_limited`.
 */
export async function insertEnrolment(
  writing: CoreContext,
  prepared: PreparedConfirmation,
): Promise<Inserted> {
  return await insertPrepared(writing, prepared);
}

/** What a method's `complete` is told by the engine. */
export interface EnrolmentJudgement {
  readonly request: VerifyInput['request'];
  /** Whether a text equals the secret that was sent: constant time; false where nothing was sent. */
  readonly matches: (candidate: string) => boolean;
  readonly now: Date;
}

/** Judged right, its attempt spent; to be given to {@link useEnrolment}. */
export interface RightEnrolment<Result> {
  readonly right: true;
  /** What `judge` gave. */
  readonly result: Result;
  readonly confirmationUuid: string;
  readonly chargedAt: Date;
  readonly factorKey: string;
  readonly passedAlong: unknown;
}

export interface WrongEnrolment {
  readonly right: false;
  readonly view: ConfirmationView;
}

interface AskedEnrolment {
  readonly confirmationUuid: string;
  readonly factorUuid: string;
  /** Of what waits to take effect now. */
  readonly valueHash: Uint8Array;
  readonly configured: ConfiguredMethod;
  readonly passedAlong: unknown;
}

/**
 * Spends an attempt in a statement that commits by itself, then asks `judge`, which answers null when the proof is
 * wrong. Wrong is a value and is written here (in `context.db`); right is committed by {@link useEnrolment}. What
 * `judge` throws is wrong.
 *
 * @throws CountersignError, before anything is compared: `not_found` (unknown, another subject's, another factor's),
 * `unavailable` (made for another value, or used), `expired`, `attempts_exhausted`, `subject_locked`, `factor_locked`.
 */
export async function judgeEnrolment<Result>(
  context: CoreContext,
  asked: AskedEnrolment,
  judge: (judgement: EnrolmentJudgement) => Promise<Result | null>,
): Promise<RightEnrolment<Result> | WrongEnrolment> {
  const { confirmationUuid, factorUuid: factorId, valueHash, configured, passedAlong } = asked;
  const reserved = await reserveProof(
    context,
    { id: confirmationUuid, factorKey: factorId },
    (parameters) => context.database.pool.query(reserveEnrolment, { ...parameters, factorId, valueHash }),
    (row) => {
      if (row.purpose !== enrolmentPurpose || row.factor_id !== factorId)
        return new CountersignError('not_found');
      return row.value_hash?.equals(valueHash) ? null : new CountersignError('unavailable');
    },
  );
  const result = await judged(context, asked, reserved, judge);
  const { chargedAt, factorKey } = reserved;
  if (result !== null) countRight(context, configured.method);
  if (result !== null) return { right: true, result, confirmationUuid, chargedAt, factorKey, passedAlong };
  const row = await settleWrongProof(context, reserved, configured, passedAlong);
  const sight = { now: context.clock.now(), digits: digitsFor(context), isProvable: true };
  return { right: false, view: viewOf(row, sight) };
}

/**
 * Through the one judge there is, so that a slow or failing method is a wrong answer here as everywhere. A challenge
 * that was sent must be answered: without it only what was confirmed by the factor's own proof can be right.
 */
async function judged<Result>(
  context: CoreContext,
  { configured, passedAlong }: AskedEnrolment,
  { row, challenge, chargedAt }: Reserved,
  judge: (judgement: EnrolmentJudgement) => Promise<Result | null>,
): Promise<Result | null> {
  let result: Result | null = null;
  const { method, settings } = configured;
  const answer = await judgeProof(context, {
    purpose: digestPurpose,
    aboutId: row.id,
    dataHash: row.data_hash,
    request: judgedRequestOf(row),
    method: {
      ...method,
      provesBy: 'secret',
      needsChallenge: row.challenge_id !== null,
      verify: async ({ request, matches, now }) => {
        result = await judge({ request, matches, now });
        return { valid: result !== null };
      },
    },
    settings,
    proof: null,
    decision: 'grant',
    factor: null,
    challenges: challenge ? [challenge] : [],
    now: chargedAt,
    passedAlong,
  });
  return answer ? result : null;
}

/**
 * Uses the confirmation and changes the factor, both or neither: `writing.db` must be a transaction. The confirmation
 * is locked first, then `change` runs (the factor's statement), then the subject's charge is given back: the lock order
 * of every statement. When the confirmation was used or has expired meanwhile, `change` is not run.
 *
 * @throws CountersignError `unavailable` or `expired` in that case, as `AfterRollback`: in a transaction of your own,
 * outside of `once`, end with `settleAfterRollback`. A refusal of the change must be thrown by `change`, so that the
 * transaction rolls back.
 */
export async function useEnrolment<Changed>(
  writing: CoreContext,
  proven: RightEnrolment<unknown>,
  change: () => Promise<Changed>,
): Promise<Changed> {
  const { confirmationUuid: id, chargedAt, factorKey, passedAlong } = proven;
  const [used] = await writing.db.query(useForEnrolment, {
    ...eventParametersOf(writing, writing.clock.now(), passedAlong),
    id,
    confirmedEventId: writing.ids.uuid(),
    usedEventId: writing.ids.uuid(),
  });
  if (!used) {
    const decision = decide(snapshotOf(await loadConfirmation(writing, id)), 'right', writing.clock.now());
    const refusal = new CountersignError(decision.ok ? 'unavailable_dependency' : decision.refusal);
    throw tooLate(writing, { id, chargedAt, factorKey }, refusal);
  }
  const changed = await change();
  await writing.db.query(refundEnrolment, { id, chargedAt, factorKey });
  return changed;
}
