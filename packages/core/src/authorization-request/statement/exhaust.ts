import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';

export interface ExhaustParameters extends EventParameters {
  /** Attempts younger than this may still be on their way. */
  readonly attemptedBefore: Date;
  /** One request alone; null: whatever is due. */
  readonly onlyId: string | null;
  readonly batchSizeMax: number;
}

/**
 * Denies what a crash left behind: waiting, no attempt left, and the last one so old that nothing can still
 * be judged. Reads only requests that can still be waiting, by the index on their expiry.
 */
export const exhaustRequests = statement<ExhaustParameters, { id: string; slug: string }>(
  'request_exhaust',
  /* sql */ `
WITH due AS (
  SELECT r.id FROM countersign.authorization_request r
  WHERE r.expires_at > :now::timestamptz AND r.state = 'waiting' AND r.attempts_left = 0
    AND r.attempted_at < :attemptedBefore::timestamptz AND (:onlyId::uuid IS NULL OR r.id = :onlyId::uuid)
  ORDER BY r.expires_at LIMIT :batchSizeMax::int FOR NO KEY UPDATE SKIP LOCKED
), decided AS (
  UPDATE countersign.authorization_request r
  SET state = 'denied', reason = 'attempts_exhausted', generation = r.generation + 1, ${advanceLog}, sequence = r.sequence + 1, attempts_open = 0,
    checked = NULL, decided_at = :now::timestamptz
  FROM due WHERE r.id = due.id
  RETURNING r.*
), ended AS (
  SELECT subject_id, array_agg(expires_at) AS expiries FROM decided GROUP BY subject_id
), locked AS (
  SELECT s.subject_id FROM countersign.subject_security s WHERE s.subject_id IN (SELECT subject_id FROM ended)
  ORDER BY s.subject_id FOR NO KEY UPDATE
), settled AS (
  UPDATE countersign.subject_security s SET waiting_until = ARRAY(SELECT unnest(s.waiting_until) EXCEPT ALL SELECT unnest(ended.expiries))
  FROM ended, locked WHERE s.subject_id = ended.subject_id AND locked.subject_id = ended.subject_id
), logged AS (${appendEvents(
    requestEvent({
      type: 'authorization_request.denied',
      id: 'gen_random_uuid()',
      from: 'decided',
      sequence: 'r.sequence',
      data: `'reason', r.reason, 'by', :by::text`,
    }),
  )}
)
SELECT id, slug FROM decided`,
);
