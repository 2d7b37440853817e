import type { z } from 'zod';
import { createCountersign } from '../countersign.ts';
import { openDevDatabase } from '../dev/database.ts';
import { demoKey } from '../dev/demo-key.ts';
import type { Demo } from '../dev/demo.ts';
import { withDevelopmentDoors } from '../dev/doors.ts';
import { createInbox } from '../dev/inbox.ts';
import { openDevKeys, type DevKeys } from '../dev/keys.ts';
import { devMethods } from '../dev/methods.ts';
import { openBrowser } from '../dev/open-browser.ts';
import { openDemo } from '../dev/open-demo.ts';
import { natsBus } from '../nats/bus.ts';
import type { devSchema } from '../settings/schema.ts';
import { withLoopback } from '../webhook/loopback.ts';
import { bind, defaultPort } from './bind.ts';
import { keepDevAddress } from './dev-address.ts';
import { since } from './elapsed.ts';
import { followEvents } from './follow-events.ts';
import { readTokenKeys } from './read-token-keys.ts';
import type { Report } from './report.ts';
import type { Shutdown } from './shutdown.ts';

export interface DevPages {
  /** An application to open beside it. */
  readonly demo: Demo | null;
  /** Whether its first page is shown in a browser. */
  readonly showsPage: boolean;
}

/** Starts a development server, step by step as its report tells. */
export async function startDev(
  settings: z.output<typeof devSchema>,
  report: Report,
  shutdown: Shutdown,
  { demo: chosen, showsPage }: DevPages,
): Promise<void> {
  const startedAt = performance.now();
  const {
    environment: _environment,
    logLevel: _logLevel,
    drainSeconds: _drainSeconds,
    metricsToken,
    natsUrl,
    port,
    host,
    ...options
  } = settings;
  const listener = await shutdown.own(bind(port, host), (one) => one.close());
  report.begin('development');

  const databaseAt = performance.now();
  const database = await openDevDatabase(settings.database, shutdown, report);
  report.step({
    name: 'database',
    text: database.text,
    milliseconds: since(databaseAt),
    fields: { kind: database.kind },
  });
  const keys = await openDevKeys(settings, database.keyDirectory);
  if (database.kind === 'embedded' && typeof database.options === 'string')
    await shutdown.own(keepDevAddress(database.options), (remove) => remove());

  const migrationsAt = performance.now();
  const inbox = createInbox();
  const logger = settings.logger ?? report.logger;
  const own = ['localhost', '127.0.0.1', '[::1]'].map((name) => `http://${name}:${listener.port}`);
  const origins = [...settings.origins, ...own];
  const opening = createCountersign({
    ...options,
    ...(natsUrl !== undefined && { bus: natsBus({ servers: natsUrl }) }),
    methods: settings.methods ?? devMethods({ send: inbox.send, origins }),
    database: database.options,
    webhooks: withLoopback(settings.webhooks),
    metrics: { enabled: settings.metrics.enabled ?? true, token: metricsToken ?? settings.metrics.token },
    secret: keys.secret,
    serviceKey: keys.serviceKey,
    origins,
    logger,
  });
  const cs = await shutdown.own(opening, (one) => one.close());
  await readTokenKeys(cs.core, {
    secretName: keys.secretFile?.file ?? 'COUNTERSIGN_SECRET',
    hasKeyService: options.scopedToken.keyService !== undefined,
  });
  report.step({
    name: 'migrations',
    text: `${migrationsText(cs.core.migrated.length)} (schema "countersign")`,
    milliseconds: since(migrationsAt),
  });
  report.step({ name: 'keys', text: keysText(keys), fields: { serviceKeyFile: keys.serviceKeyFile } });

  const url = `http://localhost:${listener.port}`;
  const surroundings = {
    cs,
    database: database.options,
    url,
    send: inbox.send,
    keyFor: (purpose: string) => demoKey(keys.secret, purpose),
    tell: report.tell,
    note: report.note,
    logger,
  };
  const demo = chosen && (await openDemo(chosen, surroundings, report, shutdown));
  // What a demo makes at its start is in its summary, and no news.
  await shutdown.own(followEvents(cs.core, report, demo?.words), (end) => end());
  // Bound first, but to be closed first as well: calls in progress still need what was started since.
  await shutdown.own(Promise.resolve(listener), async (one) => {
    await Promise.all([one.close(), cs.drain()]);
  });

  listener.answerWith(withDevelopmentDoors(cs.handler, inbox, demo));
  cs.attachWebSocket(listener.server);
  const remark = listener.moved ? `${defaultPort} was taken` : 'http + websocket';
  report.step({
    name: 'listening',
    text: `${url}  (${remark})`,
    milliseconds: since(startedAt),
    fields: { url, port: listener.port },
  });
  const serviceKey = { name: 'Service key', at: keys.serviceKeyFile ?? '', what: 'for calls to /trpc' };
  const pages = demo?.doors.map(({ name, path, what }) => ({ name, at: url + path, what })) ?? [];
  report.doors([
    ...pages,
    { name: 'Inbox', at: `${url}/inbox`, what: 'every code that is "sent"' },
    ...(keys.serviceKeyFile === null ? [] : [serviceKey]),
  ]);
  const [first] = pages;
  if (first !== undefined && showsPage) openBrowser(first.at);
}

function migrationsText(applied: number): string {
  return applied === 0 ? 'up to date' : `${applied} applied`;
}

function keysText({ secretFile }: DevKeys): string {
  if (secretFile === null) return 'from your settings';
  return `development key${secretFile.created ? ' created' : ''}  ${secretFile.file}`;
}
