import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where modules resolve as they do for this package's own files. */
const cache = new URL('../../node_modules/.cache/', import.meta.url).pathname;

/** A folder that is gone after the test. */
export function temporaryFolder(name: string): Disposable & { readonly path: string } {
  mkdirSync(cache, { recursive: true });
  const path = mkdtempSync(join(cache, `${name}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Compiled {
  readonly ok: boolean;
  /** What the compiler printed. */
  readonly output: string;
}

/** Compiles a project, given as the contents of its tsconfig, by one of the installed compilers. */
export function compile(
  folder: string,
  tsconfig: object,
  { program = 'tsc', args = [] }: { program?: string; args?: readonly string[] } = {},
): Promise<Compiled> {
  const file = join(folder, 'tsconfig.json');
  writeFileSync(file, JSON.stringify(tsconfig));
  return new Promise((resolve) => {
    const all = ['-p', file, '--pretty', 'false', ...args];
    execFile(program, all, { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: `${stdout}${stderr}` });
    });
  });
}
