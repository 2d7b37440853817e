import { timeByNow } from './sql.ts';

/**
 * A query for what a statement may still decide: of the rows that `locked` holds, which have an `expires_at`, those that
 * have not expired by now; the time spent waiting for their locks counts. Asked in a query of its own, after the locks: a
 * statement that has waited for a transaction which then rolled back does not look at its conditions again (PostgreSQL,
 * 13.2.1), so one beside the lock, or in the update that waits, is as old as the wait. Asked once, so that everything
 * that reads it sees the same answer.
 */
export function inTime(locked: string): string {
  return /* sql */ `
  SELECT l.* FROM ${locked} AS l WHERE l.expires_at > ${timeByNow}`;
}
