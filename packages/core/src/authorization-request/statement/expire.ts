import { iso } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';

export interface ExpireParameters extends Pick<EventParameters, 'eventContext'> {
  /** What expired behind this moment … */
  readonly after: Date;
  /** … up to this one. */
  readonly until: Date;
  readonly batchSizeMax: number;
}

/**
 * Writes down that nobody answered in time. It changes no answer (a waiting request reads as expired from
 * `expires_at` on), it makes the event. Costs what expires in a stretch of time, not what is stored: only that stretch of
 * the index on `expires_at` is read.
 */
export const expireRequests = statement<ExpireParameters, { id: string; slug: string }>(
  'request_expire',
  /* sql */ `
WITH due AS (
  SELECT r.id FROM countersign.authorization_request r
  WHERE r.expires_at > :after::timestamptz AND r.expires_at <= :until::timestamptz AND r.state = 'waiting'
  ORDER BY r.expires_at LIMIT :batchSizeMax::int FOR NO KEY UPDATE SKIP LOCKED
), decided AS (
  UPDATE countersign.authorization_request r
  SET state = 'expired', generation = r.generation + 1, ${advanceLog}, sequence = r.sequence + 1, checked = NULL, decided_at = r.expires_at
  FROM due WHERE r.id = due.id
  RETURNING r.*
), logged AS (${appendEvents(
    requestEvent({
      type: 'authorization_request.expired',
      id: 'gen_random_uuid()',
      from: 'decided',
      sequence: 'r.sequence',
      occurredAt: 'r.expires_at',
      data: `'expiresAt', ${iso('r.expires_at')}`,
    }),
  )}
)
SELECT id, slug FROM decided`,
);
