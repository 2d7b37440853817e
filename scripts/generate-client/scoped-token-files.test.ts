import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findOutdated } from '../generated.ts';
import { neededParts } from './needed-parts.ts';
import { scopedTokenFiles } from './scoped-token-files.ts';

it('the rules of tokens in the client are those of core, and no copy is left over', async () => {
  expect(await findOutdated(scopedTokenFiles)).toEqual([]);
  const files = scopedTokenFiles.map(({ file }) => file);
  expect(globSync('packages/client/src/generated/scoped-token/**/*.ts').toSorted()).toEqual(files.toSorted());
});

it('a copy names its source', async () => {
  for (const { file, produce } of scopedTokenFiles) {
    const source = file.replace('client/src/generated', 'core/src');
    expect(await produce()).toContain(`// What the client needs of ${source}, copied by`);
  }
});

const modules: Readonly<Record<string, string>> = {
  'a/main.ts': `import { help, type Kind } from '../b/help.ts';
import { gone } from './gone.ts';
import { own } from './own.ts';

/** Wanted. */
export function wanted(kind: Kind): string {
  return help[kind] + own; // and its end
}

export const unwanted = gone;
const table = [1];
for (const entry of table) table.push(entry);
`,
  'b/help.ts': `/** By kind. */
export const help: Record<Kind, string> = { one: '1' };
export type Kind = keyof typeof names;
const names = { one: 1, other: 2 };
names.other = 3;
export const other = 4;
`,
};

it('of a module only what is needed is copied: with its comment, its imports and what works on it', () => {
  const read = (file: string): string | null => modules[file] ?? null;
  const needed = neededParts(new Map([['a/main.ts', new Set(['wanted'])]]), read);
  expect([...needed.keys()]).toEqual(['a/main.ts', 'b/help.ts']);
  const { text, imports } = needed.get('a/main.ts')!;
  expect(text).toBe(`/** Wanted. */
export function wanted(kind: Kind): string {
  return help[kind] + own; // and its end
}`);
  expect(imports).toEqual([
    { name: 'help', file: 'b/help.ts', isType: false },
    { name: 'Kind', file: 'b/help.ts', isType: true },
    { name: 'own', file: 'a/own.ts', isType: false },
  ]);
  expect(needed.get('b/help.ts')?.text).toBe(`/** By kind. */
export const help: Record<Kind, string> = { one: '1' };
export type Kind = keyof typeof names;
const names = { one: 1, other: 2 };
names.other = 3;`);
});

it('what nobody outside asks for is not exported', () => {
  const text = 'export const inner = 1;\nexport const outer = inner;\n';
  const needed = neededParts(new Map([['m.ts', new Set(['outer'])]]), () => text);
  expect(needed.get('m.ts')?.text).toBe('const inner = 1;\nexport const outer = inner;');
});

it('a name that no module declares is noticed', () => {
  expect(() =>
    neededParts(new Map([['m.ts', new Set(['missing'])]]), () => 'export const other = 1;'),
  ).toThrow('m.ts declares no missing');
});
