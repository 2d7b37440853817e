import { statement } from '../../database/statement.ts';
import type { SubscriberRow } from '../../event/subscriber/row.ts';

export interface SubscriberStanding extends SubscriberRow {
  readonly oldest: Date | null;
}

const place = 's.epoch, s.txid, s.sequence, s.id';

/**
 * With the event next behind each place: one look into the primary key of the log each, and before that one into the
 * archive for who stands before its end.
 */
export const listSubscriberRows = statement<{ readonly name: string | null }, SubscriberStanding>(
  'subscriber_list',
  /* sql */ `
SELECT s.name, s.epoch, s.txid::text, s.sequence, s.id, s.state, s.failures, s.failed_event, s.failed_at, s.failure, s.retry_at,
  s.node, s.created_at, s.moved_at, coalesce((
    SELECT a.occurred_at FROM countersign.archived_after(ROW(${place})::countersign.place, 1) a
    WHERE ROW(${place})::countersign.place < (SELECT i.archived_until FROM countersign.installation i)
  ), (
    SELECT e.occurred_at FROM countersign.event e WHERE (e.epoch, e.txid, e.sequence, e.id) > (${place})
    ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT 1
  )) AS oldest
FROM countersign.subscriber s WHERE :name::text IS NULL OR s.name = :name::text ORDER BY s.name`,
);
