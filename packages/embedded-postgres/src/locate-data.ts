import { randomUUID } from 'node:crypto';
import { chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './error.ts';
import { ensureOwnDirectory } from './own-directory.ts';
import { isReachable } from './reachable.ts';
import type { RunAs } from './run-as.ts';

/** Beside it, in `directory`, lie the lock file and the log. */
const dataFolder = 'data';

/** Written into `directory` when the data had to go elsewhere: the path of the folder that replaces it. */
const pointerFile = 'moved-to';
/** Written into that other folder: the directory it stands in for. */
const originFile = 'origin';

const elsewhere = ['/var/lib/countersign-postgres', '/var/tmp/countersign-postgres'] as const;

/**
 * The folder of the cluster: `directory/data`, except for root in a place where the unprivileged user
 * cannot go (a checkout in root's home, a mount without owners). Then the data lives in /var/lib and a
 * pointer file in `directory` names it. The other ways out were worse: opening root's home to everybody,
 * or asking a person who typed `npm start` to move the checkout.
 */
export async function locateData(
  directory: string,
  user: RunAs | undefined,
  log: (line: string) => void,
): Promise<string> {
  const current = await currentData(directory);
  if (user === undefined || dirname(current) !== directory || (await canHold(directory, user)))
    return current;

  const replacement = await makeReplacement(directory, user);
  await writeFile(join(directory, pointerFile), `${replacement}\n`);
  log(
    `PostgreSQL, which does not run as root, cannot reach ${directory}; its data is kept in ${replacement}`,
  );
  return join(replacement, dataFolder);
}

/** Where the cluster is, or will be if nothing speaks against it. */
export async function currentData(directory: string): Promise<string> {
  return join((await readMoved(directory)) ?? directory, dataFolder);
}

/** Deletes a database for good: `directory`, and the folder elsewhere that stands in for it. */
export async function removeData(directory: string): Promise<void> {
  const moved = await readMoved(directory);
  if (moved !== undefined) await rm(moved, { recursive: true, force: true });
  await rm(directory, { recursive: true, force: true });
}

const isUuid = /^[0-9a-f-]{36}$/;

/**
 * A copied checkout brings a copy of the pointer file, but two directories must not share one cluster:
 * the folder elsewhere knows whose it is. When that origin is gone, the directory was moved, not copied.
 */
async function readMoved(directory: string): Promise<string | undefined> {
  const moved = await readLine(join(directory, pointerFile));
  // Only ever a folder that this file made: a pointer is not a way to have any path deleted.
  if (
    moved === undefined ||
    !elsewhere.some((base) => dirname(moved) === base) ||
    !isUuid.test(basename(moved))
  )
    return undefined;
  const origin = await readLine(join(moved, originFile));
  if (origin === undefined) return undefined;
  if (origin === directory) return moved;
  if ((await readLine(join(origin, pointerFile))) === moved) return undefined;
  await writeFile(join(moved, originFile), `${directory}\n`);
  return moved;
}

async function readLine(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() || undefined;
}

/** Reachable, and on a file system where files can belong to somebody (a shared folder of a VM may not be one). */
async function canHold(directory: string, user: RunAs): Promise<boolean> {
  if (!(await isReachable(directory, user))) return false;
  const probe = join(directory, `.probe-${randomUUID()}`);
  try {
    await writeFile(probe, '');
    await chown(probe, user.uid, user.gid);
    return (await stat(probe)).uid === user.uid;
  } catch {
    return false;
  } finally {
    await rm(probe, { force: true });
  }
}

async function makeReplacement(directory: string, user: RunAs): Promise<string> {
  for (const base of elsewhere) {
    if (!(await ensureOwnDirectory(base, 0o711)) || !(await canHold(base, user))) continue;
    const replacement = join(base, randomUUID());
    await mkdir(replacement, { mode: 0o711 });
    await writeFile(join(replacement, originFile), `${directory}\n`);
    return replacement;
  }
  throw new EmbeddedPostgresError(
    'unreachable_directory',
    `PostgreSQL does not run as root, and its user (id ${user.uid}) cannot reach ${directory}. ` +
      'Choose a directory outside of root’s home, start as a normal user, or set DATABASE_URL.',
  );
}
