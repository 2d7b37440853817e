import { refundCharge } from '../../challenge/budget.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, type EventParameters } from '../../event/append.ts';
import type { SpendParameters } from '../../factor/spend.ts';
import { byFactor, byMessage, type InTime } from '../../factor/statement/decide-in-time.ts';
import type { ConfirmationRow } from '../row.ts';
import { confirmationEvent } from './confirmation-event.ts';

export interface ConfirmParameters extends EventParameters {
  readonly id: string;
  readonly chargedAt: Date;
  readonly factorKey: string;
  /** Whether it was a prompt that was answered: then the count of unanswered ones begins anew. */
  readonly answersPrompt: boolean;
  readonly eventId: string;
  readonly confirmedData: string;
}

const stillOpen = `r.id = :id::uuid AND r.state = 'open' AND r.expires_at > :now::timestamptz`;

/**
 * The proof was right: conditional on the confirmation still being open, never on anything a wrong guess changes.
 * Refund and event are selected from the decided row.
 */
function confirm({ before, from }: InTime, condition: string, renewals: string): string {
  return /* sql */ `
WITH locked AS (
  SELECT r.id, r.expires_at FROM countersign.confirmation r WHERE ${condition} FOR NO KEY UPDATE
), ${before}, decided AS (
  UPDATE countersign.confirmation r
  SET state = 'confirmed', ${advanceLog}, sequence = r.sequence + 1, attempts_open = greatest(r.attempts_open - 1, 0),
    confirmed_at = :now::timestamptz, factor_renewals = ${renewals}
  FROM ${from} WHERE r.id = in_time.id
  RETURNING r.*
), settled AS (
  UPDATE countersign.subject_security s SET ${refundCharge}, prompts = s.prompts - decided.id::text,
    prompted_at = CASE WHEN :answersPrompt::boolean THEN '{}' ELSE s.prompted_at END
  FROM decided WHERE s.subject_id = decided.budget_key
), logged AS (${appendEvents(
    confirmationEvent({
      type: 'confirmation.confirmed',
      id: ':eventId::uuid',
      from: 'decided',
      sequence: 'r.sequence',
      data: ':confirmedData::jsonb',
    }),
  )}
)
SELECT * FROM decided`;
}

/** By a message that was sent to no factor. */
export const confirmByMessage = statement<ConfirmParameters, ConfirmationRow>(
  'confirmation_confirm',
  confirm(byMessage, stillOpen, 'NULL'),
);

/** By a factor: both or neither, and what the factor was is kept. The confirmation is locked first, then the factor, as everywhere. */
export const confirmByFactor = statement<ConfirmParameters & SpendParameters, ConfirmationRow>(
  'confirmation_confirm_by_factor',
  confirm(byFactor, `${stillOpen} AND r.factor_id = :factorId::uuid`, 'spent_factor.renewals'),
);
