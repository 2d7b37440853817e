import type { Database } from '../database/executor.ts';
import type { Logger } from '../ports.ts';
import type { EventView } from './catalog.ts';
import type { Position } from './position.ts';
import { logEnd, readNew } from './read.ts';
import { eventViewOf, type EventRow } from './row.ts';

/** Follows the log for one process: one reader of the database, however many listen. */
export interface LogReader {
  /** From now on, in commit order, with full payloads. Returns a remover. */
  subscribe(listener: (events: readonly EventView[]) => void): () => void;
  /** Something was committed: look now and not at the next poll. */
  readonly wake: () => void;
  close(): Promise<void>;
}

const pollMs = 250;
const batchSizeMax = 500;

/** Polling is the truth, a wake-up only shortens the wait. Reads nothing while nobody listens. */
export function createLogReader({ database, logger }: { database: Database; logger: Logger }): LogReader {
  const listeners = new Set<(events: readonly EventView[]) => void>();
  let following: Promise<void> | null = null;
  let closed = false;
  let woken = false;
  let endWait: (() => void) | null = null;

  const wake = () => {
    woken = true;
    endWait?.();
  };
  const wait = () =>
    new Promise<void>((resolve) => {
      if (woken || closed) return resolve();
      const timer = setTimeout(resolve, pollMs);
      endWait = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const tell = (events: readonly EventView[]) => {
    for (const listener of [...listeners]) {
      try {
        listener(events);
      } catch (error) {
        logger.error({ cause: error }, 'a listener of the log failed');
      }
    }
  };

  async function follow(): Promise<void> {
    let place: Position | null = null;
    while (listeners.size > 0 && !closed) {
      woken = false;
      try {
        place ??= await logEnd(database.pool);
        const rows: EventRow[] = await database.pool.query(readNew, { ...place, limit: batchSizeMax });
        const last = rows.at(-1);
        if (last) {
          place = last;
          tell(rows.map((row) => eventViewOf(row, 'full')));
          if (rows.length === batchSizeMax) continue;
        }
      } catch (error) {
        if (!closed) logger.warn({ cause: error }, 'the log cannot be read; trying again');
      }
      await wait();
      endWait = null;
    }
  }

  return {
    wake,
    subscribe(listener) {
      listeners.add(listener);
      following ??= follow().finally(() => {
        following = null;
      });
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) wake();
      };
    },
    async close() {
      closed = true;
      wake();
      await following;
    },
  };
}
