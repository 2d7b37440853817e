import type { Core } from '@countersign/core';
import { Hono } from 'hono';

/** Whether a balancer is to send calls here. */
export interface Readiness {
  readonly isLeaving: boolean;
  /** For good: this process is about to stop. */
  leave(): void;
}

export function createReadiness(): Readiness {
  let isLeaving = false;
  return {
    get isLeaving() {
      return isLeaving;
    },
    leave() {
      isLeaving = true;
    },
  };
}

/**
 * `/healthz`: this process answers. `/readyz`: it can also work; a balancer sends calls only then. One that is about to
 * stop says so there first, while it still answers everything.
 */
export function healthDoors(core: Core, readiness: Readiness = createReadiness()): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    if (readiness.isLeaving) return c.json({ status: 'leaving' }, 503);
    const parts = await core.health();
    const ready = Object.values(parts).every(Boolean);
    return c.json({ status: ready ? 'ok' : 'unavailable', ...parts }, ready ? 200 : 503);
  });
  return app;
}
