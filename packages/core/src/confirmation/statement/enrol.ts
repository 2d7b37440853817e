import { refundCharge } from '../../challenge/budget.ts';
import { inTime } from '../../database/in-time.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, type EventParameters } from '../../event/append.ts';
import { enrolmentPurpose } from '../purpose.ts';
import type { ConfirmationRow } from '../row.ts';
import { confirmationEvent } from './confirmation-event.ts';

/** Confirmed and used in one: an enrolment serves the one factor that it was made for, at once. */
export const useForEnrolment = statement<
  EventParameters & { readonly id: string; readonly confirmedEventId: string; readonly usedEventId: string },
  Pick<ConfirmationRow, 'id'>
>(
  'confirmation_use_enrolment',
  /* sql */ `
WITH locked AS (
  SELECT r.id, r.expires_at FROM countersign.confirmation r
  WHERE r.id = :id::uuid AND r.purpose = '${enrolmentPurpose}' AND r.state = 'open' AND r.expires_at > :now::timestamptz
  FOR NO KEY UPDATE
), in_time AS (${inTime('locked')}
), used AS (
  UPDATE countersign.confirmation r
  SET state = 'used', confirmed_at = :now::timestamptz, used_at = :now::timestamptz, ${advanceLog}, sequence = r.sequence + 2,
    attempts_open = greatest(r.attempts_open - 1, 0)
  FROM in_time WHERE r.id = in_time.id
  RETURNING r.*
), logged AS (${appendEvents(
    confirmationEvent({
      type: 'confirmation.confirmed',
      id: ':confirmedEventId::uuid',
      from: 'used',
      sequence: 'r.sequence - 1',
      data: `'method', r.method`,
    }),
    confirmationEvent({
      type: 'confirmation.used',
      id: ':usedEventId::uuid',
      from: 'used',
      sequence: 'r.sequence',
      data: `'purpose', r.purpose`,
    }),
  )}
)
SELECT id FROM used`,
);

/** After the factor's change, for the lock order: the proof was right and is not held against the person. */
export const refundEnrolment = statement<
  { readonly id: string; readonly chargedAt: Date; readonly factorKey: string },
  { subject_id: string }
>(
  'confirmation_refund_enrolment',
  /* sql */ `
UPDATE countersign.subject_security s SET ${refundCharge}
FROM countersign.confirmation r WHERE r.id = :id::uuid AND s.subject_id = r.budget_key RETURNING s.subject_id`,
);
