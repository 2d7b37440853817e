import type { Database } from '../database/executor.ts';
import type { Logger } from '../ports.ts';
import { pause, within } from '../within.ts';
import { listenToBus, type BusFigures, type HeardBus } from './bus-reader.ts';
import type { EventView } from './catalog.ts';
import { Followers, type LogFollower } from './followers.ts';
import type { Position } from './position.ts';
import { logEnd, readNew } from './read.ts';
import { isKnown, sharedViewOf, type EventRow } from './row.ts';
import { newIn } from './stretch.ts';

export type { LogFollower } from './followers.ts';
export type LogListener = (events: readonly EventView[]) => void;

/** Follows the log for one process: one reader of the database, or of a bus, however many listen. */
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
  /** Something was committed: look now and not at the next poll, unless a bus will tell. */
  readonly wake: () => void;
  /**
   * Calls `listener` at each wake-up, whether this reader then reads or waits for its bus: for who reads the log from
   * the database by itself. Returns a remover.
   */
  woken(listener: () => void): () => void;
  /** Null without a bus. */
  readonly bus: (BusFigures & { readonly isHeard: boolean }) | null;
  close(): Promise<void>;
}

const pollMs = 250;
/**
 * Without listeners the reader only keeps its place, so that the next listener starts at the present. With a bus it
 * asks for what the bus has lost and nothing came after.
 */
const idlePollMs = 1000;
/** After a read: the first commit of a burst is told at once, those that follow it are read together. */
const pauseMs = 5;
const batchSizeMax = 500;

/**
 * Starts to follow at the present end of the log. Polling is the truth: a wake-up only shortens the wait, and a bus only
 * tells sooner what the database would (docs/adr/0028).
 */
export async function followLog({
  database,
  logger,
  bus,
}: {
  database: Database;
  logger: Logger;
  bus?: HeardBus | undefined;
}): Promise<LogReader> {
  const followers = new Followers(logger);
  const wakeListeners = new Set<() => void>();
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
      if (!closed) await pause(pauseMs);
      await within(isWatching() ? pollMs : idlePollMs, bell.rung, undefined);
      bell = createBell();
    }
  }

  async function readBatch(): Promise<boolean> {
    const after = place;
    const rows = await database.pool.query(readNew, { ...after, limit: batchSizeMax });
    // The bus may have told some of them meanwhile.
    tell(newIn({ after, rows }, place) ?? []);
    return rows.length === batchSizeMax;
  }

  /** Together, without a turn in between: who comes now finds a place from which it is told everything. */
  function tell(rows: readonly EventRow[]): void {
    const last = rows.at(-1);
    if (!last || closed) return;
    place = last;
    followers.tell(rows);
  }

  const heard =
    bus &&
    listenToBus(
      bus,
      {
        get place() {
          return place;
        },
        told: tell,
        look: () => bell.ring(),
      },
      logger,
    );
  const isWatching = () => !followers.isEmpty && heard?.isHeard !== true;

  function join(follower: LogFollower): () => void {
    if (closed) {
      follower.ended();
      return () => undefined;
    }
    const leave = followers.add(follower);
    if (isWatching()) bell.ring();
    return leave;
  }

  const following = follow();
  return {
    get place() {
      return place;
    },
    get bus() {
      return heard ? { ...heard.figures, isHeard: heard.isHeard } : null;
    },
    wake() {
      for (const listener of wakeListeners) listener();
      if (isWatching()) bell.ring();
    },
    woken(listener) {
      wakeListeners.add(listener);
      return () => void wakeListeners.delete(listener);
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
      followers.end();
      wakeListeners.clear();
      await heard?.close();
      await following;
    },
  };
}

/** Wakes whoever waits for it, once. */
function createBell(): { readonly rung: Promise<void>; ring(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { rung: promise, ring: resolve };
}
