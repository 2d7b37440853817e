import { createTestDatabase } from '@countersign/core/testing';
import { randomBytes } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { interfaceMembers } from '../../../../scripts/interface-members.ts';
import { importFiles, print, readGuide, rowsOf } from './program.ts';

const guide = readGuide('docs/guides/own-method.md');
const isSuite = (block: string): boolean => block.includes('describeMethodContract');
const [method = ''] = guide.blocks;
const program = guide.blocks.filter((block) => !isSuite(block)).join('\n');

it('the program of the guide runs, and prints what it says', { timeout: 30_000 }, async () => {
  await using database = await createTestDatabase();
  const secret = randomBytes(32).toString('base64');
  const printed = await print(program, { DATABASE_URL: database.url, COUNTERSIGN_SECRET: secret });
  expect(printed).toBe(guide.printed);
});

// Its suite, as it stands in the guide: the tests that it describes are tests of this file.
const files = { 'chat.ts': method, 'chat.test.ts': guide.blocks.find(isSuite) ?? '' };
const { remove } = await importFiles(files, 'chat.test.ts');
afterAll(remove);

const define = 'packages/core/src/method/define.ts';

it('the method of the guide has twenty lines', () => {
  const lines = method.slice(method.indexOf('export const')).trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(20);
});

it('the tables of the guide name every part of a definition, and nothing else', () => {
  const parts = rowsOf(guide, 'part').map(([[name = ''] = []]) => name);
  expect(parts.toSorted()).toEqual(interfaceMembers(define, 'MethodDefinition').toSorted());
});

it('the tables of the guide name every field of what the hooks answer', () => {
  const fields = new Set(
    guide.text
      .split('\n| field |')
      .slice(1)
      .flatMap((table) => rowsOf({ ...guide, text: `\n| field |${table}` }, 'field'))
      .map(([[name = ''] = []]) => name),
  );
  const answered = ['Issued', 'Enrolment'].flatMap((name) => interfaceMembers(define, name));
  expect([...fields].toSorted()).toEqual([...new Set([...answered, 'mark'])].toSorted());
});
