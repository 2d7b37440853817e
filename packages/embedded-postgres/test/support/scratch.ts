import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

/** A folder for one test, which every user may enter, and which is gone afterwards. */
export async function makeScratch(): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), 'scratch-'));
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/**
 * A database directory for all tests of a file that do not need an empty one: making a cluster is by far
 * the slowest step. Each test leaves it stopped.
 */
export async function makeSharedDirectory(): Promise<string> {
  const scratch = await makeScratch();
  afterAll(() => scratch[Symbol.asyncDispose]());
  return join(scratch.path, 'db');
}
