import { formatPosition } from '../event/position.ts';
import type { SubscriberView } from './schema.ts';
import type { SubscriberStanding } from './statement/list.ts';

export function viewOf(row: SubscriberStanding, now: Date): SubscriberView {
  return {
    name: row.name,
    state: row.state,
    cursor: formatPosition(row),
    lagSeconds: row.oldest === null ? 0 : Math.max(0, (now.getTime() - row.oldest.getTime()) / 1000),
    failures: row.failures,
    failedEventId: row.failed_event,
    failedAt: row.failed_at,
    failure: row.failure,
    retryAt: row.retry_at,
    node: row.node,
    createdAt: row.created_at,
    movedAt: row.moved_at,
  };
}
