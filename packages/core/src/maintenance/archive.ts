import type { CoreServices } from '../context.ts';
import { beginRetention } from './begin.ts';
import { daysBefore, type Retention } from './retention.ts';
import { findArchivable, makeMonth, moveToArchive } from './statement/archive.ts';

/**
 * Moves a batch of what is old from the end of the log to its archive (docs/adr/0030). It changes no answer: readers find
 * each event once, in the same place, under the same id, before, meanwhile and after.
 *
 * @returns how many events it moved; null when another process is at it.
 * @throws ClockAheadError when this process must not judge what is old.
 */
export async function archive(
  { clock, database }: Pick<CoreServices, 'clock' | 'database'>,
  { archiveAfterDays }: Pick<Retention, 'archiveAfterDays'>,
): Promise<number | null> {
  return await database.transaction(async (db) => {
    const now = await beginRetention({ clock }, db);
    if (now === null) return null;
    const before = daysBefore(now, archiveAfterDays);
    const [upTo] = await db.query(findArchivable, { before, now });
    if (!upTo) return 0;
    const { months, ...place } = upTo;
    for (const moment of months) await db.query(makeMonth, { moment });
    const [done] = await db.query(moveToArchive, { ...place, before });
    return done?.moved ?? 0;
  });
}
