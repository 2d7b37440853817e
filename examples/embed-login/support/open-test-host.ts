import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { randomBytes } from 'node:crypto';
import { serveHost, type ServedHost } from '../host/serve.ts';

/** The example on a real PostgreSQL and a real port, in this process, with a clock that can be put forward. */
export interface TestHost extends ServedHost {
  putForward(seconds: number): void;
}

export async function openTestHost(): Promise<TestHost> {
  const postgres = await startTemporaryPostgres();
  let secondsForward = 0;
  const host = await serveHost({
    database: postgres.url(),
    secret: randomBytes(32).toString('base64'),
    port: 0,
    now: () => new Date(Date.now() + secondsForward * 1000),
  });
  return {
    ...host,
    putForward: (seconds) => void (secondsForward += seconds),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await postgres.stop();
    },
  };
}
