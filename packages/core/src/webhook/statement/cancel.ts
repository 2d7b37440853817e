import { statement } from '../../database/statement.ts';
import { forgetBatchSizeMax } from '../../limits.ts';

/** Of one statement. In its text, so that its plan is made for it. */
export const cancelledMax = forgetBatchSizeMax;

interface Cancel {
  readonly now: Date;
  /** What was due before that is cancelled wherever it goes; null: nothing is for that. */
  readonly before: Date | null;
}

/**
 * Cancels a part of what is owed to endpoints that were switched off or removed, and of what is overdue. Which endpoints
 * there are is found by stepping over the index from one to the next, however much is owed to each. What is being sent
 * is left to its sender.
 */
export const cancelDeliveries = statement<Cancel, { id: string }>(
  'webhook_cancel',
  /* sql */ `
WITH RECURSIVE owed AS (
  (SELECT d.endpoint_id, d.activation FROM countersign.webhook_delivery d WHERE d.state = 'waiting'
   ORDER BY d.endpoint_id, d.activation LIMIT 1)
  UNION ALL
  SELECT next.* FROM owed CROSS JOIN LATERAL (
    SELECT d.endpoint_id, d.activation FROM countersign.webhook_delivery d
    WHERE d.state = 'waiting' AND (d.endpoint_id, d.activation) > (owed.endpoint_id, owed.activation)
    ORDER BY d.endpoint_id, d.activation LIMIT 1
  ) AS next
), judged AS (
  SELECT owed.*, CASE WHEN EXISTS (SELECT FROM countersign.webhook_endpoint w
    WHERE w.id = owed.endpoint_id AND w.activation = owed.activation AND w.is_active) THEN coalesce(:before::timestamptz, '-infinity') ELSE 'infinity' END AS due
  FROM owed
), chosen AS (
  SELECT d.id FROM judged CROSS JOIN LATERAL (
    SELECT d.id FROM countersign.webhook_delivery d
    WHERE d.state = 'waiting' AND d.endpoint_id = judged.endpoint_id AND d.activation = judged.activation AND d.next_at < judged.due
      AND (d.claim IS NULL OR d.next_at <= :now::timestamptz)
    ORDER BY d.next_at, d.id LIMIT ${cancelledMax} FOR NO KEY UPDATE SKIP LOCKED
  ) AS d LIMIT ${cancelledMax}
)
UPDATE countersign.webhook_delivery d SET state = 'cancelled', finished_at = :now::timestamptz, claim = NULL, body = NULL
WHERE d.id = ANY (ARRAY(SELECT chosen.id FROM chosen)) RETURNING d.id`,
);
