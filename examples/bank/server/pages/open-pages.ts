import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { buildPages } from './build.ts';
import { fingerprintOf } from './fingerprint.ts';
import { readBuilt } from './read-built.ts';
import { servePages } from './serve.ts';

export interface Pages {
  /** Null for a path at which there is nothing. */
  answer(method: string, path: string): Response | null;
}

interface PagesOptions {
  /** Of this example. */
  readonly folder: string;
  readonly note: (text: string) => void;
}

/**
 * The pages of the demo, built when something that they are made from has changed. Null when they cannot be built: then
 * the server goes on with its own, and says why.
 */
export async function openPages({ folder, note }: PagesOptions): Promise<Pages | null> {
  const root = dirname(dirname(folder));
  const sources = [folder, join(root, 'packages', 'client', 'src'), join(root, 'pnpm-lock.yaml')];
  const parent = join(folder, 'dist');
  const name = await fingerprintOf(sources);
  const built = join(parent, name);
  if (!existsSync(built)) {
    note('Building the pages of the demo, once …');
    try {
      await buildPages(join(folder, 'web'), parent, name);
    } catch (error) {
      note(
        'The pages of the demo could not be built; the plain ones answer until examples/bank/web is repaired.',
      );
      for (const line of linesOf(error)) note(line);
      return null;
    }
    await removeOthers(parent, name);
  }
  return servePages(await readBuilt(built));
}

/** What Vite says, without its colours: where it stopped, and at what. */
function linesOf(error: unknown): string[] {
  const text = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Of earlier sources, also what was cut off; what another process makes of the same ones has the name in it. */
async function removeOthers(parent: string, name: string): Promise<void> {
  const others = (await readdir(parent)).filter((other) => !other.includes(name));
  for (const other of others) await rm(join(parent, other), { recursive: true, force: true });
}
