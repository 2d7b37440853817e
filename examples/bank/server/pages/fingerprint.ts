import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const left = /^(?:node_modules|dist)$|\.test\.ts$/;

/** Everything that the pages are made from, in one hash: names and contents of files, in the order of their names. */
export async function fingerprintOf(sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources)
    for (const { path, content } of await readAll(source))
      hash.update(`${path}\0${content.byteLength}\0`).update(content);
  return hash.digest('hex').slice(0, 32);
}

interface Source {
  readonly path: string;
  readonly content: Buffer;
}

async function readAll(path: string): Promise<Source[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  });
  if (entries === null) return [{ path, content: await readFile(path) }];
  const kept = entries.filter(({ name }) => !left.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const read = await Promise.all(kept.map(({ name }) => readAll(join(path, name))));
  return read.flat();
}
