import { dayAgo, iso, reached } from '../database/sql.ts';
import { advanceSubject, subjectEvent } from '../event/subject.ts';
import type { Limits } from '../limits.ts';
import type { Declared, Telemetry } from '../telemetry.ts';

/**
 * What a wrong proof may have locked, told once for each lock: the subject for the day; one factor (or a method that
 * needs none) until somebody unlocks it. The counting itself happened when the attempt was reserved; this tells of it.
 */
export interface LockParameters {
  readonly now: Date;
  readonly factorKey: string;
  readonly perDayMax: number;
  readonly consecutiveMax: number;
  /** The factor of `factorKey`, as a UUID; null where the key is a method's. */
  readonly lockedFactorId: string | null;
  readonly method: string;
}

/** What a wrong proof has locked now; null where it has changed no counter. */
export interface Locked {
  readonly subject_locked: boolean | null;
  readonly factor_locked: boolean | null;
}

/** Of {@link noteLocks}, as columns of {@link Locked}. */
export const lockedColumns = `(SELECT s.subject_locked FROM settled s) AS subject_locked, (SELECT s.factor_locked FROM settled s) AS factor_locked`;

export function countLocks(
  { telemetry }: { readonly telemetry: Telemetry },
  method: Declared,
  { subject_locked: subject, factor_locked: factor }: Locked,
): void {
  if (subject === true) telemetry.add('locks', { kind: 'subject', method });
  if (factor === true) telemetry.add('locks', { kind: 'factor', method });
}

/** `factorId`: the factor whose streak it is, as a UUID; null where the key is no factor's. */
export function lockParametersOf(
  limits: Limits,
  now: Date,
  {
    method,
    factorKey,
    factorId,
  }: { readonly method: string; readonly factorKey: string; readonly factorId: string | null },
): LockParameters {
  return {
    now,
    factorKey,
    perDayMax: limits.wrongProofsPerDayMax,
    consecutiveMax: limits.consecutiveWrongMax,
    lockedFactorId: factorId,
    method,
  };
}

/** No subject has an id this long: what is counted where there is none is nobody's event (see confirmation/). */
const isSubject = 'length(s.subject_id) <= 200';

const streak = 's.streaks->:factorKey::text';

const isFull = `coalesce((${streak}->>'count')::int, 0) >= :consecutiveMax::int AND ${streak}->'told' IS NULL`;

/**
 * Queries for a statement that settles a wrong answer of the one row in `judged`, which has a `subject_id`. `settled`
 * also makes the assignments of `further`, where its condition holds. A factor whose event it will be is locked before
 * the subject, as everywhere; and only then, so that a revocation is not kept waiting by wrong guesses.
 */
export function noteLocks(further: { readonly assignments: string; readonly when: string } | null): string {
  return /* sql */ `told_factor AS (
  SELECT f.id FROM countersign.factor f, countersign.subject_security s JOIN judged ON s.subject_id = judged.subject_id
  WHERE f.id = :lockedFactorId::uuid AND ${isFull} FOR NO KEY UPDATE OF f
), counted AS (
  SELECT s.subject_id,
    ${isSubject} AND ${reached('s.charged_at', ':perDayMax::int', dayAgo)} AND coalesce(s.locked_until <= :now::timestamptz, true)
      AS subject_locked,
    ${isSubject} AND ${isFull} AS factor_locked
  FROM countersign.subject_security s JOIN judged ON s.subject_id = judged.subject_id LEFT JOIN told_factor ON true FOR NO KEY UPDATE OF s
), settled AS (
  UPDATE countersign.subject_security s SET ${further ? `${further.assignments},` : ''}
    locked_until = CASE WHEN counted.subject_locked
      THEN (SELECT min(moment) FROM unnest(s.charged_at) AS moment WHERE moment > ${dayAgo}) + interval '24 hours' ELSE s.locked_until END,
    streaks = CASE WHEN counted.factor_locked THEN jsonb_set(s.streaks, ARRAY[:factorKey::text, 'told'], 'true') ELSE s.streaks END,
    sequence = s.sequence + counted.subject_locked::int + (counted.factor_locked AND :lockedFactorId::uuid IS NULL)::int, ${advanceSubject}
  FROM counted, judged
  WHERE s.subject_id = counted.subject_id AND (counted.subject_locked OR counted.factor_locked ${further ? `OR ${further.when}` : ''})
  RETURNING s.subject_id, s.sequence, s.event_txid, s.locked_until, counted.subject_locked, counted.factor_locked
), factor_told AS (
  UPDATE countersign.factor f SET sequence = f.sequence + 1, event_txid = greatest(f.event_txid, pg_current_xact_id())
  FROM settled WHERE settled.factor_locked AND f.id = :lockedFactorId::uuid
  RETURNING f.id, f.subject_id, f.sequence, f.event_txid
)`;
}

/** The events of {@link noteLocks}. */
export const lockEvents: readonly string[] = [
  subjectEvent({
    type: 'factor.locked',
    from: 'settled',
    sequence: 's.sequence - s.subject_locked::int',
    data: `jsonb_build_object('method', :method::text)`,
    where: 's.factor_locked AND :lockedFactorId::uuid IS NULL',
  }),
  subjectEvent({
    type: 'subject.locked',
    from: 'settled',
    data: `jsonb_build_object('until', ${iso('s.locked_until')})`,
    where: 's.subject_locked',
  }),
  /* sql */ `
  SELECT (SELECT i.epoch FROM countersign.installation i), f.event_txid, gen_random_uuid(), 'factor.locked', :now::timestamptz, f.subject_id,
    NULL, NULL, 'factor', f.id, f.sequence, jsonb_build_object('method', :method::text), :eventContext::jsonb
  FROM factor_told AS f`,
];
