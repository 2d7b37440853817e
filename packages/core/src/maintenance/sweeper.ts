import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreServices } from '../context.ts';
import { within } from '../within.ts';
import { measuredRun } from './measured-run.ts';
import { batchSizeMax, sweep } from './sweep.ts';

const everyMs = 1000;
/** A sweep that hears nothing from the database is left behind: another node does it, or the next start. */
const leaveMs = 2000;

/** Sweeps once a second, and at once again while there is more than a batch, until stopped. A failure is logged and tried again: nothing depends on it in time. */
export function startSweeper(services: CoreServices): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const running = (async () => {
    while (!stopped.signal.aborted) {
      const decided = await measuredRun(services, 'sweep', () => sweep(services)).catch((error: unknown) => {
        if (!stopped.signal.aborted) services.logger.warn({ cause: error }, 'the sweep failed; trying again');
        return null;
      });
      if (decided !== null && decided >= batchSizeMax) continue;
      await sleep(everyMs, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      await within(leaveMs, running, undefined);
    },
  };
}
