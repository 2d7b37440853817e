import { chmod, lstat } from 'node:fs/promises';
import { makeDirectories } from './make-directories.ts';

/**
 * Makes (or finds) a directory that only this user can write to, and returns whether it is one. In a
 * place that all users share, such as /var/tmp, somebody else may have put something there before us:
 * a symlink, a directory of theirs, one that is open to all. Programs are never run from such a place.
 */
export async function ensureOwnDirectory(directory: string, mode: number): Promise<boolean> {
  try {
    if (await makeDirectories(directory)) await chmod(directory, mode);
    const found = await lstat(directory);
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  } catch {
    return false; // read-only, no home, no permission: the next candidate may do
  }
}
