import { once } from 'node:events';
import { chmod, chown, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';
import type { RunAs } from './run-as.ts';
import { runProgram } from './run-program.ts';

/** The database superuser. Its name has nothing to do with the system user PostgreSQL runs as. */
export const databaseUser = 'postgres';

/**
 * Makes the cluster when there is none yet, and returns whether it did. It grows under another name and
 * is renamed when complete, so that a crash in the middle leaves no half cluster to be started.
 *
 * - Locale: PostgreSQL's built-in C.UTF-8, the same order on every machine, whatever the system has.
 * - `trust`: the only way in is a Unix socket inside a folder of mode 0700, so whoever can connect can
 *   also read the data files. `peer` would refuse a Node process that is another user (root); a password
 *   would lie readable beside the data, and protect nothing more.
 */
export async function initializeOnce(
  binaries: Binaries,
  data: string,
  user: RunAs | undefined,
): Promise<boolean> {
  if ((await stat(join(data, 'PG_VERSION')).catch(() => undefined)) !== undefined) return false;

  const parent = dirname(data);
  for (const name of await readdir(parent)) {
    if (name.startsWith('unfinished-')) await rm(join(parent, name), { recursive: true, force: true });
  }
  const unfinished = await mkdtemp(join(parent, 'unfinished-'));
  await chmod(unfinished, 0o700);
  if (user !== undefined) await chown(unfinished, user.uid, user.gid);
  await initdb(binaries, unfinished, user);
  await rename(unfinished, data);
  return true;
}

async function initdb(binaries: Binaries, directory: string, user: RunAs | undefined): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const args = ['-D', directory, '-U', databaseUser, '--auth=trust', '--no-instructions', ...locale];
  const child = runProgram(binaries.initdb, args, user, ['ignore', 'pipe', 'pipe']);
  let output = '';
  const collect = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);

  const [status] = (await once(child, 'close').catch((error: Error) => [error.message])) as [
    number | string | null,
  ];
  if (status !== 0) {
    throw new EmbeddedPostgresError(
      'initdb_failed',
      `PostgreSQL could not make its data directory (${status}): ${output.trim()}`,
    );
  }
}
