import { readFile, stat } from 'node:fs/promises';
import { EmbeddedPostgresError } from './error.ts';

/** Numeric, because that is what `spawn` and `chown` take. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** Tried in this order; the first that the machine has is taken. */
const accountNames = ['postgres', 'nobody', 'daemon'] as const;

/**
 * The user PostgreSQL must run as, or undefined: as ourselves. PostgreSQL refuses to run as root, and
 * `initdb` insists on a user that is listed in the system's accounts, so an invented number will not do.
 * Data that exists already belongs to the user who made it.
 */
export async function chooseUser(existingData: string): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;

  const owner = await stat(existingData).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };

  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of accountNames) {
    const line = accounts.split('\n').find((account) => account.startsWith(`${name}:`));
    const [, , uid, gid] = (line ?? '').split(':').map(Number);
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new EmbeddedPostgresError(
    'no_unprivileged_user',
    `PostgreSQL does not run as root, and this machine has no user named ${accountNames.join(', ')}. ` +
      'Start the program as a normal user, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}
