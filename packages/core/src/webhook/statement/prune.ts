import { statement } from '../../database/statement.ts';

/** Forgets what was over before a moment, the oldest first, a part at a time. What is owed stays until it is over. */
export const pruneDeliveries = statement<
  { readonly before: Date; readonly batchSizeMax: number },
  { id: string }
>(
  'webhook_prune',
  /* sql */ `
DELETE FROM countersign.webhook_delivery WHERE id = ANY (ARRAY(
  SELECT d.id FROM countersign.webhook_delivery d WHERE d.finished_at < :before::timestamptz
  ORDER BY d.finished_at LIMIT :batchSizeMax::int FOR UPDATE SKIP LOCKED))
RETURNING id`,
);
