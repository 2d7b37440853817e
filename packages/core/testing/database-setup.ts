import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { statfsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

/** Read by `serverUrl` (database.ts). Set beforehand, it names a PostgreSQL of your own. */
const variable = 'COUNTERSIGN_TEST_DATABASE';

/** Nothing of a test outlives its run; without fsync a clone of the template costs a quarter, in memory a tenth. */
const settings = { max_connections: '300', fsync: 'off', full_page_writes: 'off' };

/**
 * A temporary PostgreSQL for each worker of a run of vitest (a `globalSetup`); each test file has a database of its
 * own on its worker's. They do not share one because the log waits for the oldest writing transaction of the whole
 * cluster: a file that holds one open would hold back the events of its neighbour. The second package that asks
 * finds the variable set and does nothing. A proof is no run of vitest, and one worker.
 */
export async function setup(project?: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env[variable] !== undefined) return undefined;
  const parent = placeInMemory();
  const workers = Array.from({ length: project?.globalConfig.maxWorkers ?? 1 });
  const servers = await Promise.all(workers.map(() => startTemporaryPostgres({ settings, parent })));
  process.env[variable] = servers.map((postgres) => postgres.url()).join(' ');
  return async () => {
    delete process.env[variable];
    await Promise.all(servers.map((postgres) => postgres.stop()));
  };
}

/** What all clusters of a run may take: their databases come and go one by one, its log grows to a gigabyte. */
const bytesOfRun = 6 * 2 ** 30;

/** A file system in memory where there is one with room; otherwise wherever temporary files go. */
function placeInMemory(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize >= bytesOfRun ? '/dev/shm' : undefined;
  } catch {
    return undefined;
  }
}
