import { statement } from '../../../database/statement.ts';
import type { SubscriberRow } from '../row.ts';

/**
 * One node at a time. The lock ends with its transaction, and a transaction that stands still is ended by PostgreSQL:
 * nobody has to be asked whether it is still alive, and what it does afterwards is written nowhere. An advisory lock and
 * not the row's: a locked row gives the transaction a number, and an open number holds up every reader of the log.
 */
export const takeSubscriber = statement<
  { readonly name: string; readonly idleMilliseconds: string },
  { taken: boolean }
>(
  'subscriber_take',
  /* sql */ `
SELECT pg_try_advisory_xact_lock(hashtextextended(:name::text, 7261943010)) AS taken,
  set_config('idle_in_transaction_session_timeout', :idleMilliseconds::text, true)`,
);

/** A statement of its own, behind the lock: a snapshot from before could show the place before its last move. */
export const readSubscriber = statement<{ readonly name: string }, SubscriberRow>(
  'subscriber_read',
  /* sql */ `
SELECT name, epoch, txid::text, sequence, id, state, failures, failed_event, failed_at, failure, retry_at, node, created_at, moved_at
FROM countersign.subscriber WHERE name = :name::text`,
);
