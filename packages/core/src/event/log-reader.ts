import type { Database } from '../database/executor.ts';
import type { Logger } from '../ports.ts';
import { within } from '../within.ts';
import type { EventView } from './catalog.ts';
import type { Position } from './position.ts';
import { logEnd, readNew } from './read.ts';
import { eventViewsOf } from './row.ts';

export type LogListener = (events: readonly EventView[]) => void;

/** Follows the log for one process: one reader of the database, however many listen. */
export interface LogReader {
  /**
   * From now on, in commit order, with full payloads; nothing that commits after this call is missed, and
   * something that committed within the second before it may be told. Returns a remover.
   */
  subscribe(listener: LogListener): () => void;
  /** Something was committed: look now and not at the next poll. */
  readonly wake: () => void;
  close(): Promise<void>;
}

const pollMs = 250;
/** Without listeners the reader only keeps its place, so that the next listener starts at the present. */
const idlePollMs = 1000;
/** A burst of commits is read together. */
const pauseMs = 5;
const batchSizeMax = 500;

/** Starts to follow at the present end of the log. Polling is the truth, a wake-up only shortens the wait. */
export async function followLog({
  database,
  logger,
}: {
  database: Database;
  logger: Logger;
}): Promise<LogReader> {
  const listeners = new Set<LogListener>();
  let place: Position = await logEnd(database.pool);
  let closed = false;
  let bell = createBell();

  async function follow(): Promise<void> {
    while (!closed) {
      const more = await readBatch().catch((error: unknown) => {
        if (!closed) logger.warn({ cause: error }, 'the log cannot be read; trying again');
        return false;
      });
      if (more) continue;
      await within(listeners.size > 0 ? pollMs : idlePollMs, bell.rung, undefined);
      bell = createBell();
      if (!closed) await within(pauseMs, new Promise<void>(() => undefined), undefined);
    }
  }

  async function readBatch(): Promise<boolean> {
    const rows = await database.pool.query(readNew, { ...place, limit: batchSizeMax });
    const last = rows.at(-1);
    if (!last) return false;
    const events = listeners.size > 0 ? eventViewsOf(rows, 'full') : [];
    place = last;
    if (events.length > 0) tell(events);
    return rows.length === batchSizeMax;
  }

  function tell(events: readonly EventView[]): void {
    for (const listener of listeners) {
      try {
        listener(events);
      } catch (error) {
        logger.error({ cause: error }, 'a listener of the log failed');
      }
    }
  }

  const following = follow();
  return {
    wake: () => {
      if (listeners.size > 0) bell.ring();
    },
    subscribe(listener) {
      listeners.add(listener);
      bell.ring();
      return () => void listeners.delete(listener);
    },
    async close() {
      closed = true;
      bell.ring();
      await following;
    },
  };
}

/** Wakes whoever waits for it, once. */
function createBell(): { readonly rung: Promise<void>; ring(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { rung: promise, ring: resolve };
}
