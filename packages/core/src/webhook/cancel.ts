import type { Executor } from '../database/executor.ts';
import { scheduleSecondsMax } from './schedule.ts';
import { cancelDeliveries } from './statement/cancel.ts';

/**
 * Cancels a part of what will not be sent: what is owed to endpoints that were switched off or removed, and what nobody
 * has looked at for as long as the longest schedule takes, as where no process sends any more. With it goes its body. By
 * when it was due and not by when it was owed: what a sender still tries, or puts off, is due in the future. For the
 * retention, which trusts no clock that is ahead; a sender cancels only what has no endpoint.
 *
 * @returns how many, at most a batch.
 */
export async function cancelUnsent(db: Executor, now: Date): Promise<number> {
  const before = new Date(now.getTime() - scheduleSecondsMax * 1000);
  return (await db.query(cancelDeliveries, { now, before })).length;
}
