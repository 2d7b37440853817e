import { refundCharge } from '../../challenge/budget.ts';
import { statement } from '../../database/statement.ts';

/**
 * A right answer that came too late (another one won, or it was denied): it grants nothing, but it was
 * right, so it is not held against the person.
 */
export const settleLateRight = statement<
  { readonly id: string; readonly chargedAt: Date; readonly factorKey: string },
  { id: string }
>(
  'request_late',
  /* sql */ `
WITH settled AS (
  UPDATE countersign.authorization_request r SET attempts_open = greatest(r.attempts_open - 1, 0)
  WHERE r.id = :id::uuid RETURNING r.id, r.subject_id
), refunded AS (
  UPDATE countersign.subject_security s SET ${refundCharge} FROM settled WHERE s.subject_id = settled.subject_id
)
SELECT id FROM settled`,
);
