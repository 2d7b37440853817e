import { refundCharge } from '../../challenge/budget.ts';
import { statement } from '../../database/statement.ts';
import type { RequestRow } from '../row.ts';

export interface CheckedParameters {
  readonly id: string;
  readonly generation: number;
  readonly now: Date;
  /** The right check as JSON, when its maker may grant by it; null otherwise. */
  readonly checked: string | null;
  readonly chargedAt: Date;
  readonly factorKey: string;
}

/** A right `check` decides nothing, so it gives back its own attempt and charge, and ends the factor's streak. */
export const settleRightCheck = statement<CheckedParameters, RequestRow>(
  'request_checked',
  /* sql */ `
WITH checked AS (
  UPDATE countersign.authorization_request r
  SET attempts_left = r.attempts_left + 1, attempts_open = greatest(r.attempts_open - 1, 0), checked = coalesce(:checked::jsonb, r.checked)
  WHERE r.id = :id::uuid AND r.state = 'waiting' AND r.generation = :generation::int AND r.expires_at > :now::timestamptz
  RETURNING r.*
), settled AS (
  UPDATE countersign.subject_security s SET ${refundCharge} FROM checked WHERE s.subject_id = checked.subject_id
)
SELECT * FROM checked`,
);
