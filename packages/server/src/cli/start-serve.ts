import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { createCountersign } from '../countersign.ts';
import { natsBus } from '../nats/bus.ts';
import { metricsAccess } from '../settings/metrics-access.ts';
import type { serveSchema } from '../settings/schema.ts';
import { bind, defaultPort } from './bind.ts';
import { since } from './elapsed.ts';
import { readTokenKeys } from './read-token-keys.ts';
import type { Report } from './report.ts';
import type { Shutdown } from './shutdown.ts';

/** Starts a server for production, step by step as its report tells. */
export async function startServe(
  settings: z.output<typeof serveSchema>,
  report: Report,
  shutdown: Shutdown,
): Promise<void> {
  const startedAt = performance.now();
  const {
    environment: _environment,
    logLevel: _logLevel,
    metricsToken,
    natsUrl,
    drainSeconds,
    port,
    host,
    ...options
  } = settings;
  const logger = settings.logger ?? report.logger;
  const listener = await shutdown.own(bind(port, host), (one) => one.close());
  report.begin('production');

  const databaseAt = performance.now();
  const metrics = metricsAccess({ host, metrics: settings.metrics, metricsToken });
  const opening = createCountersign({
    ...options,
    ...(natsUrl !== undefined && { bus: natsBus({ servers: natsUrl }) }),
    metrics,
    methods: settings.methods ?? [],
    logger,
  });
  const cs = await shutdown.own(opening, (one) => one.close());
  // Bound first, but to be closed first as well: calls in progress still need what was started since.
  await shutdown.own(Promise.resolve(listener), async (one) => {
    cs.leave();
    one.letGo();
    await sleep(drainSeconds * 1000);
    await Promise.all([one.close(), cs.drain()]);
  });
  await readTokenKeys(cs.core, { hasKeyService: options.scopedToken.keyService !== undefined });
  report.step({ name: 'database', text: 'connected, schema up to date', milliseconds: since(databaseAt) });
  if (settings.methods === undefined) {
    logger.warn(
      {},
      'no method is configured, so nothing can be proven: list methods in countersign.config.ts',
    );
  }

  if (listener.moved)
    logger.warn({}, `the port ${defaultPort} was taken: name one, so that others find this`);
  listener.answerWith(cs.handler);
  cs.attachWebSocket(listener.server);
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${listener.port}`;
  report.step({
    name: 'listening',
    text: url,
    milliseconds: since(startedAt),
    fields: { url, port: listener.port },
  });
}
