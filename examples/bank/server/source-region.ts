import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import type { CodeView } from './views.ts';

export type SourceRegion = CodeView;

const folder = 'examples/bank';

/**
 * The lines between `// #region name` and the next `// #endregion` of a file below this example, outdented.
 *
 * @throws Error when there are none, so that nobody is shown an empty frame.
 */
export async function readRegion(title: string, path: string, name: string): Promise<SourceRegion> {
  const source = await readFile(new URL(`../${path}`, import.meta.url), 'utf8');
  const lines = source.split('\n');
  const first = lines.findIndex((line) => line.trim() === `// #region ${name}`) + 1;
  const length = lines.slice(first).findIndex((line) => line.trim() === '// #endregion');
  if (first === 0 || length < 1) throw new Error(`${path} has no region “${name}”`);
  const region = lines.slice(first, first + length);
  const indents = region.filter((line) => line !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const indent = Math.min(...indents);
  return {
    title,
    file: posix.join(folder, path),
    line: first + 1,
    text: region.map((line) => line.slice(indent)).join('\n'),
  };
}
