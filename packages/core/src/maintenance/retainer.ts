import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreServices } from '../context.ts';
import { clockAheadMillisecondsMax } from '../clock-ahead.ts';
import { archive } from './archive.ts';
import { ClockAheadError } from './begin.ts';
import { forget } from './forget.ts';
import { measuredRun } from './measured-run.ts';
import { prune } from './prune.ts';
import type { Retention } from './retention.ts';
import { archiveBatchSizeMax } from './statement/archive.ts';

const everyMs = 60_000;
/** Between two batches: whoever else writes comes first. */
const pauseMs = 100;

/**
 * Once a minute moves what is old to the archive and deletes what is over, batch after batch while there is more, until
 * stopped. A failure is logged and tried again: nothing depends on it in time.
 */
export function startRetainer(services: CoreServices, retention: Retention): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const run = retainWatchfully(services, retention);
  const running = (async () => {
    while (!stopped.signal.aborted) {
      const isMore = await run().catch((cause: unknown) => {
        if (!stopped.signal.aborted) services.logger.warn({ cause }, 'the retention failed; trying again');
        return false;
      });
      const waitMs = isMore ? pauseMs : everyMs;
      await sleep(waitMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

/** Says once that the clock of this process is too far ahead to do it, and goes on as soon as it is not. */
export function retainWatchfully(services: CoreServices, retention: Retention): () => Promise<boolean> {
  let isTold = false;
  return async () => {
    try {
      const isMore = await retain(services, retention);
      isTold = false;
      return isMore;
    } catch (error) {
      if (!(error instanceof ClockAheadError)) throw error;
      const { aheadMilliseconds } = error;
      const fields = { aheadMilliseconds, aheadMillisecondsMax: clockAheadMillisecondsMax };
      if (!isTold)
        services.logger.warn(fields, 'the clock is ahead of the database: nothing is archived or deleted');
      isTold = true;
      return false;
    }
  };
}

/**
 * A batch of each: into the archive, out of the tables, and a month of events once nothing is left that they are about.
 *
 * @returns whether there may be more.
 */
export async function retain(services: CoreServices, retention: Retention): Promise<boolean> {
  let isMore = false;
  await measuredRun(services, 'retention', async () => {
    const moved = await archive(services, retention);
    const forgotten = moved === null ? null : await forget(services, retention);
    if (moved === null || forgotten === null) return null;
    isMore = moved === archiveBatchSizeMax || forgotten.isMore;
    if (!isMore && retention.eventDays !== null) isMore = await pruneOne(services, retention.eventDays);
    return moved + forgotten.rows;
  });
  return isMore;
}

async function pruneOne(services: CoreServices, eventDays: number): Promise<boolean> {
  const month = await prune(services, eventDays);
  if (month === null) return false;
  services.logger.info({ month }, 'a month of events is not kept any more');
  return true;
}
