import { databaseCode } from '../explain.ts';
import { StartError } from '../start-error.ts';
import type { InProcess } from './open.ts';

/**
 * Before something is made: with another secret than the servers have, it would be good nowhere. Known by the token
 * keys, which are wrapped with it; before the first of them is made nobody can tell.
 *
 * @throws StartError when no token key of this database can be read.
 */
export async function requireOwnSecret({ core, operator }: InProcess): Promise<void> {
  const keys = await core.scopedToken.listKeys(operator);
  if (keys.every(({ state }) => state === 'revoked')) return;
  try {
    await core.scopedToken.ready();
  } catch (error) {
    if (databaseCode(error) !== undefined) throw error;
    throw new StartError(
      'COUNTERSIGN_SECRET is not the one that this database was used with. Give the secret of your servers.',
      { cause: error },
    );
  }
}
