import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory, with those above it that are missing, and returns whether it is new. Node's own recursive `mkdir`
 * goes round for ever where a folder is there and takes none (`/proc/x` is ENOENT), on a thread that then keeps the
 * process from ending.
 */
export async function makeDirectories(directory: string): Promise<boolean> {
  const parent = dirname(directory);
  try {
    return await makeOne(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === directory) throw error;
  }
  await makeDirectories(parent);
  return await makeOne(directory);
}

async function makeOne(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
