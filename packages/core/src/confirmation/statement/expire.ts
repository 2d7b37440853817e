import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, type EventParameters } from '../../event/append.ts';
import { confirmationEvent } from './confirmation-event.ts';

export interface ExpireParameters extends Pick<EventParameters, 'eventContext'> {
  /** What expired behind this moment … */
  readonly after: Date;
  /** … up to this one. */
  readonly until: Date;
  readonly batchSizeMax: number;
}

/**
 * Writes down that nobody confirmed, or nobody used it, in time. It changes no answer (it reads as expired from
 * `expires_at` on), it makes the event.
 */
export const expireConfirmations = statement<ExpireParameters, { id: string }>(
  'confirmation_expire',
  /* sql */ `
WITH due AS (
  SELECT r.id FROM countersign.confirmation r
  WHERE r.expires_at > :after::timestamptz AND r.expires_at <= :until::timestamptz AND r.state IN ('open', 'confirmed')
  ORDER BY r.expires_at LIMIT :batchSizeMax::int FOR NO KEY UPDATE SKIP LOCKED
), decided AS (
  UPDATE countersign.confirmation r SET state = 'expired', ${advanceLog}, sequence = r.sequence + 1
  FROM due WHERE r.id = due.id
  RETURNING r.*
), logged AS (${appendEvents(
    confirmationEvent({
      type: 'confirmation.expired',
      id: 'gen_random_uuid()',
      from: 'decided',
      sequence: 'r.sequence',
      occurredAt: 'r.expires_at',
      data: '',
    }),
  )}
)
SELECT id FROM decided`,
);
