import { dayAgo, reached, roomIn, without } from '../database/sql.ts';
import { CountersignError } from '../error.ts';
import type { Limits } from '../limits.ts';

/**
 * What guessing costs a subject, whatever it guesses at: SQL parts that the statements of requests (and of
 * confirmations) share, so that there is one counter and one place that counts.
 *
 * Everything is in one row per subject: the charges of the last 24 hours and, per factor, the streak of
 * consecutive wrong proofs with its wait. One row, because "both or none" of two rows cannot be had in one
 * statement; PostgreSQL does not take a sibling's write back when the other's condition fails.
 */

export interface BudgetParameters {
  readonly now: Date;
  readonly nowMs: number;
  /** Which streak: the factor's id, or the method's key where there is no factor. */
  readonly factorKey: string;
  readonly perDayMax: number;
  readonly consecutiveMax: number;
  readonly free: number;
  readonly wait: number;
  readonly waitMax: number;
}

export function budgetParametersOf(limits: Limits, now: Date, factorKey: string): BudgetParameters {
  return {
    now,
    nowMs: now.getTime(),
    factorKey,
    perDayMax: limits.wrongProofsPerDayMax,
    consecutiveMax: limits.consecutiveWrongMax,
    free: limits.consecutiveWrongFree,
    wait: limits.waitSeconds,
    waitMax: limits.waitSecondsMax,
  };
}

const countOf = (key: string) => `coalesce((s.streaks->${key}->>'count')::int, 0)`;

/** A streak one wrong proof longer; from the free ones on, each is followed by a wait that doubles. */
const lengthened = (
  key: string,
) => `jsonb_build_object('count', ${countOf(key)} + 1, 'until', CASE WHEN ${countOf(key)} + 1 < :free::int THEN 0
    ELSE :nowMs::bigint + 1000 * least(:waitMax::int, :wait::int * power(2, least(${countOf(key)} + 1 - :free::int, 30)))::bigint END)`;

/**
 * Charges the subject of the one row in `locked`, unless it is out of budget: then no row comes out. What made
 * the subject's challenge made its counters, so there is always a row.
 *
 * @param key SQL for whose streak it is: the factor's id, wherever one is asked, so that a factor has one streak for
 * requests and confirmations alike, and a right answer by another one does not end it.
 */
export function chargeSubjectBy(key: string): string {
  return /* sql */ `
  UPDATE countersign.subject_security s SET
    charged_at = ${roomIn('s.charged_at', ':perDayMax::int', dayAgo)} || :now::timestamptz,
    streaks = s.streaks || jsonb_build_object(${key}, ${lengthened(key)})
  FROM locked WHERE s.subject_id = locked.subject_id
    AND NOT ${reached('s.charged_at', ':perDayMax::int', dayAgo)}
    AND ${countOf(key)} < :consecutiveMax::int
    AND coalesce((s.streaks->${key}->>'until')::bigint, 0) <= :nowMs::bigint
  RETURNING s.subject_id, ${key} AS factor_key`;
}

export const chargeSubject = chargeSubjectBy(':factorKey::text');

/** Assignments that take one charge back and end the streak of its own factor: what a right answer does. */
export const refundCharge = /* sql */ `
  charged_at = ${without('s.charged_at', ':chargedAt::timestamptz')},
  streaks = s.streaks - :factorKey::text`;

/** A subject's counters, as they are read to say why a proof was not taken. */
export interface SubjectSecurityRow {
  readonly charged_at: Date[];
  readonly streaks: Record<string, { count: number; until: number }>;
}

/** Why the budget refused, or null when it would not have. */
export function budgetRefusal(
  row: SubjectSecurityRow | null,
  limits: Limits,
  factorKey: string,
  now: Date,
): CountersignError | null {
  if (!row) return null;
  const dayMs = 24 * 3600 * 1000;
  const charges = row.charged_at
    .filter((at) => at.getTime() > now.getTime() - dayMs)
    .toSorted((a, b) => a.getTime() - b.getTime());
  const oldestThatCounts = charges[charges.length - limits.wrongProofsPerDayMax];
  if (oldestThatCounts) {
    return new CountersignError('subject_locked', {
      details: { retryAt: new Date(oldestThatCounts.getTime() + dayMs) },
    });
  }
  const streak = Object.hasOwn(row.streaks, factorKey) ? row.streaks[factorKey] : undefined;
  if (streak && streak.count >= limits.consecutiveWrongMax) return new CountersignError('factor_locked');
  if (streak && streak.until > now.getTime()) {
    return new CountersignError('factor_locked', { details: { retryAt: new Date(streak.until) } });
  }
  return null;
}
