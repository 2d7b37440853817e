import { refundCharge } from '../../challenge/budget.ts';
import { statement } from '../../database/statement.ts';
import type { SpendParameters } from '../../factor/spend.ts';
import { byFactor, byMessage, type InTime } from '../../factor/statement/decide-in-time.ts';
import type { RequestRow } from '../row.ts';

export interface CheckedParameters {
  readonly id: string;
  readonly generation: number;
  readonly now: Date;
  /** The right check as JSON, for who made it. */
  readonly checked: string | null;
  readonly chargedAt: Date;
  readonly factorKey: string;
  /** The challenge whose only try it was; null where tries are not counted. */
  readonly triedChallengeId: string | null;
}

const stillAsked = `r.id = :id::uuid AND r.state = 'waiting' AND r.generation = :generation::int AND r.expires_at > :now::timestamptz`;

/** A right `check` decides nothing, so it gives back its own attempt, try and charge, and ends the factor's streak. */
function settle({ before, from }: InTime): string {
  return /* sql */ `
WITH locked AS (
  SELECT r.id, r.expires_at FROM countersign.authorization_request r WHERE ${stillAsked} FOR NO KEY UPDATE
), ${before}, checked AS (
  UPDATE countersign.authorization_request r
  SET attempts_left = r.attempts_left + 1, attempts_open = greatest(r.attempts_open - 1, 0), checked = coalesce(:checked::jsonb, r.checked)
  FROM ${from} WHERE r.id = in_time.id
  RETURNING r.*
), settled AS (
  UPDATE countersign.subject_security s SET ${refundCharge} FROM checked WHERE s.subject_id = checked.subject_id
), given_back AS (
  UPDATE countersign.challenge c SET tries_left = c.tries_left + 1 FROM checked
  WHERE :triedChallengeId::uuid IS NOT NULL AND c.about_id = checked.id AND c.id = :triedChallengeId::uuid
)
SELECT * FROM checked`;
}

export const settleRightCheck = statement<CheckedParameters, RequestRow>(
  'request_checked',
  settle(byMessage),
);

/** What the factor has shown once it does not show again, though nothing was decided by it. */
export const settleRightCheckByFactor = statement<CheckedParameters & SpendParameters, RequestRow>(
  'request_checked_by_factor',
  settle(byFactor),
);
