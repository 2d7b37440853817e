import type { Database } from '../database/executor.ts';
import type { Logger } from '../ports.ts';
import { within } from '../within.ts';
import type { EventView } from './catalog.ts';
import type { Position } from './position.ts';
import { logEnd, readNew } from './read.ts';
import { isKnown, sharedViewOf, type EventRow } from './row.ts';

export type LogListener = (events: readonly EventView[]) => void;

/** One that is told what the reader reads. It takes what it can at once: the reader waits for nobody. */
export interface LogFollower {
  /** In the order of the log; the same rows for every follower. */
  told(rows: readonly EventRow[]): void;
  /** The reader was closed. */
  ended(): void;
}

/** Follows the log for one process: one reader of the database, however many listen. */
export interface LogReader {
  /** Everything up to here was told; what comes after it is told to who follows now. */
  readonly place: Position;
  /**
   * From now on, in commit order; nothing that commits after this call is missed, and something that
   * committed within the second before it may be told. Returns a remover.
   */
  follow(follower: LogFollower): () => void;
  /** The same as events with full payloads, which are shared and frozen. */
  subscribe(listener: LogListener): () => void;
  /** Something was committed: look now and not at the next poll. */
  readonly wake: () => void;
  close(): Promise<void>;
}

const pollMs = 250;
/** Without listeners the reader only keeps its place, so that the next listener starts at the present. */
const idlePollMs = 1000;
/** After a read: the first commit of a burst is told at once, those that follow it are read together. */
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
  const followers = new Set<LogFollower>();
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
      if (!closed) await within(pauseMs, new Promise<void>(() => undefined), undefined);
      await within(followers.size > 0 ? pollMs : idlePollMs, bell.rung, undefined);
      bell = createBell();
    }
  }

  async function readBatch(): Promise<boolean> {
    const rows = await database.pool.query(readNew, { ...place, limit: batchSizeMax });
    const last = rows.at(-1);
    if (!last) return false;
    // Together, without a turn in between: who comes now finds a place from which it is told everything.
    place = last;
    tell(rows);
    return rows.length === batchSizeMax;
  }

  function tell(rows: readonly EventRow[]): void {
    for (const follower of followers) {
      try {
        follower.told(rows);
      } catch (error) {
        logger.error({ cause: error }, 'a listener of the log failed');
      }
    }
  }

  function join(follower: LogFollower): () => void {
    if (closed) follower.ended();
    else followers.add(follower);
    bell.ring();
    return () => void followers.delete(follower);
  }

  const following = follow();
  return {
    get place() {
      return place;
    },
    wake: () => {
      if (followers.size > 0) bell.ring();
    },
    follow: join,
    subscribe: (listener) =>
      join({
        told(rows) {
          const events = rows.filter(isKnown).map((row) => sharedViewOf(row, 'full'));
          if (events.length > 0) listener(events);
        },
        ended() {},
      }),
    async close() {
      closed = true;
      bell.ring();
      for (const follower of followers) follower.ended();
      followers.clear();
      await following;
    },
  };
}

/** Wakes whoever waits for it, once. */
function createBell(): { readonly rung: Promise<void>; ring(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { rung: promise, ring: resolve };
}
