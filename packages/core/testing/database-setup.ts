import { startTemporaryPostgres } from '@countersign/embedded-postgres';

/** Read by tests and by the processes they start. Set beforehand, it names a PostgreSQL of your own. */
const variable = 'COUNTERSIGN_TEST_DATABASE';

/** Nothing of a test outlives its run; without fsync a clone of the template costs a quarter. */
const settings = { max_connections: '300', fsync: 'off', full_page_writes: 'off' };

/**
 * One temporary PostgreSQL for a run of vitest (a `globalSetup`): what the tests of several packages
 * have in common is the server, each file has a database of its own. The second package that asks finds
 * the variable set and does nothing.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env[variable] !== undefined) return undefined;
  const postgres = await startTemporaryPostgres({ settings });
  process.env[variable] = postgres.url();
  return async () => {
    delete process.env[variable];
    await postgres.stop();
  };
}
