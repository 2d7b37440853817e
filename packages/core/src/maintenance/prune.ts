import type { CoreServices } from '../context.ts';
import { isLockTimeout } from '../database/failure.ts';
import { beginRetention } from './begin.ts';
import { daysBefore } from './retention.ts';
import { dropMonth } from './statement/prune.ts';

/**
 * Drops the oldest month of the archive if all that is in it is older, and notes up to where the log is gone: a reader
 * that stands before that is refused by name. A reader of the archive that takes its time is not waited for.
 *
 * @returns the partition that was dropped; null when there was nothing to drop, or another process is at it.
 * @throws ClockAheadError when this process must not judge what is older.
 */
export async function prune(
  { clock, database }: Pick<CoreServices, 'clock' | 'database'>,
  eventDays: number,
): Promise<string | null> {
  try {
    return await database.transaction(async (db) => {
      const now = await beginRetention({ clock }, db);
      if (now === null) return null;
      const [drop] = await db.query(dropMonth, { before: daysBefore(now, eventDays) });
      return drop?.dropped ?? null;
    });
  } catch (error) {
    if (isLockTimeout(error)) return null;
    throw error;
  }
}
