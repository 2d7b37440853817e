import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RunAs } from './run-as.ts';

/**
 * Whether the user may walk down to `directory`: execute permission on it and on every folder above.
 * Access lists are not looked at; where they alone open or close the way, PostgreSQL itself says so.
 */
export async function isReachable(directory: string, user: RunAs): Promise<boolean> {
  const { mode, uid, gid } = await stat(directory);
  const execute = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & execute) === 0) return false;
  const parent = dirname(directory);
  return parent === directory || isReachable(parent, user);
}
