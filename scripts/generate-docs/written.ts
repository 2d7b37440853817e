import { readFileSync } from 'node:fs';
import { listTree } from '../tree.ts';

const sources = ['packages/core/src', 'packages/server/src'];
/** Where every reason and every type stands, used or not. */
const lists = /(core\/src\/error\.ts|error\/code-of-reason\.ts|core\/src\/event\/catalog(\.ts|\/.*))$/;

const text = sources
  .flatMap((folder) => listTree(folder).map((path) => `${folder}/${path}`))
  .filter((path) => path.endsWith('.ts') && !lists.test(path))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');

/** Whether anything outside of the closed lists names this reason: if not, no call can end with it yet. */
export function isGiven(reason: string): boolean {
  return text.includes(`'${reason}'`);
}

/** Whether anything writes events whose type begins so; the rest of a type may be put together. */
export function isWritten(family: string): boolean {
  return new RegExp(`['\`]${family}\\.`).test(text);
}
