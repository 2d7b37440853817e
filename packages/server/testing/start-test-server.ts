import { otp } from '@countersign/core';
import {
  assertNoCredential,
  createTestClock,
  createTestDatabase,
  type TestClock,
  type TestDatabase,
} from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { createCountersign, type Countersign } from '../src/countersign.ts';
import { withDevelopmentDoors } from '../src/dev/doors.ts';
import { createInbox, type Inbox } from '../src/dev/inbox.ts';
import { listen } from '../src/http/listen.ts';
import { createLogger } from '../src/log/logger.ts';
import type { CountersignOptions } from '../src/options.ts';
import { refuseProduction } from './refuse-production.ts';

/** Countersign behind a real port, on a database of its own. */
export interface TestServer extends AsyncDisposable {
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly port: number;
  readonly cs: Countersign;
  readonly inbox: Inbox;
  readonly serviceKey: string;
  /** `{ authorization: 'Bearer csk_…' }` */
  readonly credential: { readonly authorization: string };
  readonly clock: TestClock;
  readonly database: TestDatabase;
  /** After `cs.drain()`: takes WebSockets again, as the next process on the port would. */
  attachAnew(): void;
  /** Every line that was logged. */
  readonly log: readonly string[];
}

export interface TestServerOptions extends Partial<
  Omit<CountersignOptions, 'database' | 'logger' | 'clock'>
> {
  /** Whether `/`, `/inbox` and the like answer; default true. */
  readonly development?: boolean;
}

/**
 * Starts a server for one test; `await using` ends it and drops its database.
 *
 * @example
 * ```ts
 * await using server = await startTestServer({ operations: { transfer } });
 * const answer = await fetch(`${server.url}/readyz`);
 * ```
 * @throws Error in production: its inbox shows every code to whoever asks the port.
 */
export async function startTestServer({
  development = true,
  ...options
}: TestServerOptions = {}): Promise<TestServer> {
  refuseProduction('startTestServer');
  const database = await createTestDatabase();
  const clock = createTestClock();
  const inbox = createInbox(clock);
  const serviceKey = `csk_${randomBytes(32).toString('base64url')}`;
  const log: string[] = [];
  const listener = await listen({ port: 0, host: '127.0.0.1' });
  const url = `http://localhost:${listener.port}`;
  const cs = await createCountersign({
    issuer: 'Test Bank',
    audience: 'bank.test',
    secret: randomBytes(32).toString('base64'),
    methods: [otp({ send: inbox.send })],
    origins: [url],
    serviceKey,
    migrate: false,
    sweep: false,
    webhooks: false,
    ...options,
    database: database.url,
    clock,
    logger: createLogger({ level: 'debug', write: (line) => void log.push(line) }),
  });
  listener.answerWith(development ? withDevelopmentDoors(cs.handler, inbox) : cs.handler);
  cs.attachWebSocket(listener.server);
  return {
    url,
    port: listener.port,
    cs,
    inbox,
    serviceKey,
    credential: { authorization: `Bearer ${serviceKey}` },
    clock,
    database,
    log,
    attachAnew: () => void cs.attachWebSocket(listener.server),
    async [Symbol.asyncDispose]() {
      await Promise.all([listener.close(), cs.drain()]);
      await cs.close();
      await database[Symbol.asyncDispose]();
      assertNoCredential('the log', log);
    },
  };
}
