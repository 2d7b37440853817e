import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from 'vitest';

const path = 'docs/guides/from-django-tokens.md';
const root = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8');

/** Without indentation, which depends on where a line stands. */
const linesOf = (text: string): string => text.replace(/^ +/gm, '');

it('every block of code in the guide is in the file that it names', () => {
  const guide = read(path);
  const blocks = [...guide.matchAll(/```ts\n([^]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(3);
  for (const { 1: code = '', index } of blocks) {
    const named = [...guide.slice(0, index).matchAll(/\]\(([^)]+\.ts)\)/g)].at(-1)?.[1] ?? '';
    const file = posix.join(posix.dirname(path), named);
    expect(file).toMatch(/^examples\/embed-export\//);
    expect(linesOf(read(file)), file).toContain(linesOf(code));
  }
});
