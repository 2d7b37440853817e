import { setTimeout as sleep } from 'node:timers/promises';
import type { CoreServices } from '../context.ts';
import { measuredRun } from './measured-run.ts';
import { reseal, type Resealed } from './reseal.ts';

const everyMs = 1000;

/**
 * While an earlier secret is configured: seals anew, once, what it has sealed, and says when nothing is left. A failure
 * is logged and tried again.
 */
export function startResealer(services: CoreServices): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const running = services.keys.isRotating ? untilDone(services, stopped.signal) : Promise.resolve();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

async function untilDone(services: CoreServices, signal: AbortSignal): Promise<void> {
  const { logger } = services;
  while (!signal.aborted) {
    try {
      const resealed = await measuredReseal(services, signal);
      if (resealed) logger.info({ ...resealed }, 'what earlier secrets have sealed was sealed anew');
      return;
    } catch (cause) {
      if (!signal.aborted) logger.warn({ cause }, 'sealing anew failed; trying again');
    }
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function measuredReseal(services: CoreServices, signal: AbortSignal): Promise<Resealed | null> {
  let resealed: Resealed | null = null;
  await measuredRun(services, 'reseal', async () => {
    resealed = await reseal(services, signal);
    return resealed && resealed.factors + resealed.methods + resealed.webhooks;
  });
  return resealed;
}
