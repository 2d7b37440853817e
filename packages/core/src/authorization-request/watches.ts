import type { CoreServices } from '../context.ts';
import type { EventRow } from '../event/row.ts';
import { formatId } from '../id.ts';
import { within } from '../within.ts';
import { readNews } from './statement/watch.ts';
import { queuedMax, Watcher, type Known } from './watcher.ts';

/** One reader of one request. */
export interface Watch {
  /** From here on it is told what comes after `known`, until `endsAt` has passed and nothing is left. */
  begin(known: Known, endsAt: Date): void;
  /** The next event; undefined when the watch is over. */
  next(): Promise<EventRow | undefined>;
  close(): void;
}

/** All watches of this process, which ask the database together. */
export interface Watches {
  /** Until the signal aborts, core is closed, or nothing more can happen. */
  open(uuid: string, signal: AbortSignal | undefined): Watch;
  /** These requests, by their public ids, have changed: look now and not at the next poll. */
  wake(changed: readonly string[]): void;
  /** Any of them may have changed. */
  wakeAll(): void;
  close(): Promise<void>;
}

const pollMs = 250;
const questionsMax = 1000;

/**
 * Polling is the truth: one statement for all watches, however many, and none when there is no watch. What
 * this process has committed, or another that says so, is looked for at once, for that request alone. No watch has a
 * timer.
 */
export function createWatches({
  database,
  clock,
  logger,
}: Pick<CoreServices, 'database' | 'clock' | 'logger'>): Watches {
  /** By the public id of the request. */
  const watchers = new Map<string, Set<Watcher>>();
  const changed = new Set<string>();
  const running = new Set<Promise<void>>();
  let closed = false;
  let pause = Promise.withResolvers<void>();
  let isPolling = false;
  let isLooking = false;

  const allWatchers = () => [...watchers.values()].flatMap((some) => [...some]);

  async function poll(): Promise<void> {
    isPolling = true;
    while (watchers.size > 0 && !closed) {
      pause = Promise.withResolvers(); // Anew each time: one that lives on keeps everything that waited for it.
      await within(pollMs, pause.promise, undefined);
      await look(allWatchers());
    }
    isPolling = false;
  }

  async function lookAtChanged(): Promise<void> {
    isLooking = true;
    while (changed.size > 0 && !closed) {
      const some = [...changed].flatMap((key) => [...(watchers.get(key) ?? [])]);
      changed.clear();
      await look(some);
    }
    isLooking = false;
  }

  function run(work: () => Promise<void>): void {
    const one: Promise<void> = work().finally(() => running.delete(one));
    running.add(one);
  }

  async function look(some: readonly Watcher[]): Promise<void> {
    const asking = some.filter(({ isAsking }) => isAsking);
    for (let first = 0; first < asking.length && !closed; first += questionsMax) {
      await ask(asking.slice(first, first + questionsMax)).catch((error: unknown) => {
        if (!closed) logger.warn({ cause: error }, 'watched requests cannot be read; trying again');
      });
    }
  }

  async function ask(asking: readonly Watcher[]): Promise<void> {
    const now = clock.now(); // Before the question: what was committed until now is in the answer.
    const ids = asking.map(({ uuid }) => uuid);
    const known = asking.map((one) => String(one.known.sequence));
    const epochs = asking.map((one) => String(one.known.epoch));
    const txids = asking.map((one) => one.known.txid);
    const news = await database.pool.query(readNews, { ids, known, epochs, txids, eachMax: queuedMax });
    for (const row of news) asking[row.question - 1]?.tell(row);
    for (const one of asking) {
      one.toldUntil(now);
      if (one.isOver) remove(one);
    }
  }

  function wake(keys: readonly string[]): void {
    for (const key of keys) if (watchers.has(key)) changed.add(key);
    if (changed.size > 0 && !isLooking) run(lookAtChanged);
  }

  function add(watcher: Watcher): void {
    const key = keyOf(watcher);
    const others = watchers.get(key);
    if (others) others.add(watcher);
    else watchers.set(key, new Set([watcher]));
    if (!isPolling) run(poll);
  }

  function remove(watcher: Watcher): void {
    const key = keyOf(watcher);
    const others = watchers.get(key);
    others?.delete(watcher);
    if (others?.size === 0) watchers.delete(key);
  }

  return {
    wake,
    wakeAll: () => wake([...watchers.keys()]),
    open(uuid, signal) {
      const watcher = new Watcher(uuid);
      const close = () => {
        watcher.abandon();
        remove(watcher);
        signal?.removeEventListener('abort', close);
      };
      add(watcher);
      if (closed || signal?.aborted) close();
      else signal?.addEventListener('abort', close, { once: true });
      return {
        begin(known, endsAt) {
          watcher.begin(known, endsAt);
          wake([keyOf(watcher)]);
        },
        next: () => watcher.next(),
        close,
      };
    },
    async close() {
      closed = true;
      pause.resolve();
      for (const watcher of allWatchers()) {
        watcher.abandon();
        remove(watcher);
      }
      await Promise.all(running);
    },
  };
}

function keyOf({ uuid }: Watcher): string {
  return formatId('authorizationRequest', uuid);
}
