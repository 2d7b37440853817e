import { refundCharge } from '../../challenge/budget.ts';
import { statement } from '../../database/statement.ts';

/** A right answer that came too late: it confirms nothing, but it was right, so it is not held against the person. */
export const settleLateRight = statement<
  { readonly id: string; readonly chargedAt: Date; readonly factorKey: string },
  { id: string }
>(
  'confirmation_late',
  /* sql */ `
WITH settled AS (
  UPDATE countersign.confirmation r SET attempts_open = greatest(r.attempts_open - 1, 0)
  WHERE r.id = :id::uuid RETURNING r.id, r.budget_key
), refunded AS (
  UPDATE countersign.subject_security s SET ${refundCharge} FROM settled WHERE s.subject_id = settled.budget_key
)
SELECT id FROM settled`,
);
