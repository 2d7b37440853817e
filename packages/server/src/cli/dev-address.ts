import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const directory = '.countersign';
const addressFile = join(directory, 'database.url');
const secretFile = join(directory, 'dev.key');

/**
 * Says where the embedded database of a development server is, for commands in the same folder. The address holds no
 * secret: what it names is a socket in a directory of the one who started it.
 *
 * @returns what takes it away again.
 */
export async function keepDevAddress(url: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  await writeFile(addressFile, `${url}\n`, { mode: 0o600 });
  return async () => {
    if ((await readLine(addressFile)) === url) await rm(addressFile, { force: true });
  };
}

export interface DevAddress {
  readonly url: string;
  /** What the development server has made for itself; undefined when it was given one. */
  readonly secret: string | undefined;
}

/** The database and the secret of the development server that runs in this folder; null when none does. */
export async function readDevAddress(): Promise<DevAddress | null> {
  const url = await readLine(addressFile);
  return url === undefined ? null : { url, secret: await readLine(secretFile) };
}

async function readLine(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() || undefined;
}
