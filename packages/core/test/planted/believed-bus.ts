import type { HeardBus } from '../../src/event/bus-reader.ts';
import { isBefore, type Position } from '../../src/event/position.ts';
import { logEnd, readNew } from '../../src/event/read.ts';
import type { EventRow } from '../../src/event/row.ts';
import type { Database } from '../../src/database/executor.ts';

/**
 * Readers that take a bus at its word, and ask the database once a second for what came after the last one they know.
 * `newest` tells what is newer than what it knows: what was lost before it never comes. `all` tells what comes: a
 * message that is repeated, or was read meanwhile, is told again.
 */
export async function followBelieving(
  believes: 'newest' | 'all',
  { database, bus: { bus, messages } }: { readonly database: Database; readonly bus: HeardBus },
  told: (rows: readonly EventRow[]) => void,
): Promise<{ close(): Promise<void> }> {
  let place: Position = await logEnd(database.pool);
  const take = (row: EventRow) => {
    if (believes === 'newest' && !isBefore(place, row)) return;
    if (isBefore(place, row)) place = row;
    told([row]);
  };
  const leave = await bus.listen({
    received: (batch) => batch.flatMap((message) => messages.read(message) ?? []).forEach(take),
    away() {},
    back() {},
  });
  const read = async () =>
    (await database.pool.query(readNew, { ...place, limit: 500 })).forEach((row) => take(row));
  const timer = setInterval(() => void read(), 1000);
  return {
    async close() {
      clearInterval(timer);
      await leave();
    },
  };
}
