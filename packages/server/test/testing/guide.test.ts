import { afterAll, expect, it } from 'vitest';
import { interfaceMembers } from '../../../../scripts/interface-members.ts';
import { createTestCountersign, requiredAuthorization, type ApprovalMethod } from '../../testing/index.ts';
import { compile, importFiles, readGuide, tablesOf } from '../guide/program.ts';
import { openBank, operations } from './bank.ts';

const guide = readGuide('docs/guides/testing.md');
const [app = '', ...tests] = guide.blocks.map(fromSources);

/** The door, and the one beside it for vitest, by their sources. */
function fromSources(block: string): string {
  const door = new URL('../../testing/', import.meta.url).pathname;
  return block
    .replaceAll("'@countersign/server/testing/vitest'", `'${door}vitest.ts'`)
    .replaceAll("'@countersign/server/testing'", `'${door}index.ts'`);
}

// The tests of the guide are tests of this file.
const files = { 'app.ts': app, 'app.test.ts': tests.join('\n') };
const { remove } = await importFiles(files, 'app.test.ts');
afterAll(remove);

it('the files of the guide compile as they stand there', { timeout: 60_000 }, async () => {
  expect(tests.length).toBeGreaterThan(3);
  const program = [app, ...tests]
    .join('\n')
    .replace(/^import .* from '\.\/app\.ts';\n/m, '')
    .replace("import type pg from 'pg';\n", '');
  // One run of the compiler: it complains as well where nothing is wrong in a line that is to be.
  const wrong = 'void createTestCountersign({ app: ({ cs }) => ({ router: createAppRouter(cs) }) });';
  const all = `${program}\n// @ts-expect-error: the context lacks the ledger\n${wrong}`;
  expect(await compile({ all })).toEqual({ all: '' });
});

it('the table of the guide names every way to approve, and how strong it is', async () => {
  await using test = await createTestCountersign({ operations, app: openBank });
  const [ways = []] = tablesOf(guide);
  expect(ways).toHaveLength(5);
  for (const [by = '', before = '', binding] of ways.map((row) =>
    row.map((cell) => cell.replaceAll('`', '')),
  )) {
    const ada = test.subject(by);
    const [, enrol] = /(enrol\w+)\(\)/.exec(before) ?? [];
    if (enrol !== undefined) await (ada as unknown as Record<string, () => Promise<unknown>>)[enrol]!();
    const request = await requiredAuthorization(test.caller(ada).bank.close({ reason: by }));
    expect(await ada.approve(request, { by: by as ApprovalMethod })).toMatchObject({ binding });
  }
});

it('the table of options names those that are the door’s own', () => {
  const own = interfaceMembers(
    'packages/server/testing/create-test-countersign.ts',
    'TestCountersignOptions',
  );
  const [, options = []] = tablesOf(guide);
  const named = options.map(([name = '']) => name.replaceAll('`', ''));
  expect(named.toSorted()).toEqual(['app', 'operations', ...own].toSorted());
});
