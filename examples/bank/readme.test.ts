import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

const read = (file: string): Promise<string> => readFile(new URL(file, import.meta.url), 'utf8');

/** Lines without their indentation, which depends on where they stand. */
const linesOf = (text: string): string => text.replaceAll(/^ +/gm, '');

it('every block of code in the README is in the file that it names', async () => {
  const readme = await read('README.md');
  const blocks = [...readme.matchAll(/```tsx?\n([^]*?)```/g)];
  expect(blocks).toHaveLength(3);
  for (const { 1: code = '', index } of blocks) {
    const links = [...readme.slice(0, index).matchAll(/\]\(([^)]+\.tsx?)\)/g)];
    const file = links.at(-1)?.[1] ?? '';
    expect(linesOf(await read(file)), file).toContain(linesOf(code));
  }
});
