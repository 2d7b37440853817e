import { statfs } from 'node:fs/promises';
import { watch } from './watchdog.ts';

/** Nothing of it outlives the process: what a power cut would leave does not matter. */
const settings = {
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
} as const;

let started: Promise<string> | undefined;

/**
 * The PostgreSQL of this process, started when it is first asked for and gone with the process: one for all databases
 * of a test file, since its start is most of what a first test waits for.
 */
export async function serverOfProcess(): Promise<string> {
  started ??= start();
  return await started;
}

async function start(): Promise<string> {
  // Loaded only here: whoever names a PostgreSQL needs nothing of it.
  const { startTemporaryPostgres } = await import('@countersign/embedded-postgres');
  const postgres = await startTemporaryPostgres({ settings, parent: await placeInMemory() });
  watch(postgres);
  return postgres.url();
}

/** A cluster takes 50 MB, each database 10. */
const bytesOfProcess = 2 ** 30;

/** A file system in memory where there is one with room; otherwise wherever temporary files go. */
async function placeInMemory(): Promise<string | undefined> {
  const found = await statfs('/dev/shm').catch(() => null);
  return found !== null && found.bavail * found.bsize >= bytesOfProcess ? '/dev/shm' : undefined;
}
