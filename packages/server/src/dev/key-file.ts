import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartError } from '../cli/start-error.ts';

export interface KeptKey {
  readonly value: string;
  /** Where it is kept, for whoever is shown the path instead of the key. */
  readonly file: string;
  readonly created: boolean;
}

/**
 * A key that a development server makes for itself once: kept in a file that only its owner can read,
 * and never printed.
 *
 * @throws StartError when the file holds something else, which is not overwritten.
 */
export async function keepKey(
  file: string,
  make: () => string,
  isKey: (text: string) => boolean,
): Promise<KeptKey> {
  await mkdir(dirname(file), { recursive: true });
  const made = make();
  try {
    await writeFile(file, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return { value: made, file, created: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const value = (await readFile(file, 'utf8')).trim();
  if (!isKey(value)) throw new StartError(`${file} does not hold a key. Delete it to have a new one made.`);
  return { value, file, created: false };
}
