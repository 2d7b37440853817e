import type { Core } from '@countersign/core';
import { Hono } from 'hono';

/** `/healthz`: this process answers. `/readyz`: it can also work; a balancer sends calls only then. */
export function healthDoors(core: Core): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const parts = await core.health();
    const ready = Object.values(parts).every(Boolean);
    return c.json({ status: ready ? 'ok' : 'unavailable', ...parts }, ready ? 200 : 503);
  });
  return app;
}
