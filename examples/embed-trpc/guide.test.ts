import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from 'vitest';

const path = 'docs/guides/embed-in-trpc.md';
const root = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

interface Block {
  readonly code: string;
  /** The file of this example that was linked last before the block. */
  readonly file: string;
}

function blocksOf(document: string): Block[] {
  return [...document.matchAll(/```ts\n([^]*?)```/g)].map(({ 1: code = '', index }) => {
    const links = [...document.slice(0, index).matchAll(/\]\(([^)]+\.ts)\)/g)];
    return { code, file: posix.join(posix.dirname(path), links.at(-1)?.[1] ?? '') };
  });
}

/** Lines without their indentation, which depends on where they stand. */
function linesOf(text: string): string {
  return text.replace(/^ +/gm, '');
}

it('every block of the guide is in the file that it names, in this order', () => {
  const blocks = blocksOf(read(path));
  expect(blocks.length).toBeGreaterThan(10);
  for (const { code, file } of blocks) {
    expect(file).toMatch(/^examples\/embed-trpc\//);
    let rest = linesOf(read(file));
    for (const part of linesOf(code).split('// …\n').filter(Boolean)) {
      const at = rest.indexOf(part);
      expect(at, `${file} does not contain\n${part}`).toBeGreaterThanOrEqual(0);
      rest = rest.slice(at + part.length);
    }
  }
});
