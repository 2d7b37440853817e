import { readTokenKeys } from '../read-token-keys.ts';
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
  await readTokenKeys(core);
}
