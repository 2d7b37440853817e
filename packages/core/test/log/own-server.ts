import { startTemporaryPostgres } from '@countersign/embedded-postgres';

const variable = 'COUNTERSIGN_TEST_DATABASE';

/**
 * A PostgreSQL of this process alone. The log waits for the oldest writing transaction of its whole cluster:
 * what holds transactions open must not share one with other tests.
 */
export async function startOwnServer(
  settings: Readonly<Record<string, string>> = {},
): Promise<AsyncDisposable> {
  const shared = process.env[variable];
  const postgres = await startTemporaryPostgres({ settings: { max_connections: '300', ...settings } });
  process.env[variable] = postgres.url();
  return {
    async [Symbol.asyncDispose]() {
      if (shared === undefined) delete process.env[variable];
      else process.env[variable] = shared;
      await postgres.stop();
    },
  };
}
