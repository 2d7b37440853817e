import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createRandom } from '../../testing/random.ts';
import { fuzzCursors } from './fuzz-cursors.ts';
import { hostileCursors } from './hostile-cursor.ts';
import { arrangeTwoSubjects, type TwoSubjects } from './two-subjects.ts';

let test: TestCore;
let arranged: TwoSubjects;
beforeAll(async () => {
  test = await openTestCore();
  arranged = await arrangeTwoSubjects(test);
});
afterAll(() => test[Symbol.asyncDispose]());

it('never shows a subject the event of another one, nor of another session, whatever the cursor: 10,000 of them', async () => {
  const figures = await fuzzCursors({ test, random: createRandom(0x5eed), times: 10_000, ...arranged });
  // Both sides are reached: refused before the database, and answered from it.
  expect(figures.refused).toBeGreaterThan(1000);
  expect(figures.pages).toBeGreaterThan(1000);
  expect(figures.events).toBeGreaterThan(1000);
}, 60_000);

it.each(hostileCursors)('answers the cursor %j with a coded error or with a page', async (after) => {
  const outcome = await test.core.event.list(test.subject('ada'), { after }).then(
    ({ items }) => items.every(({ subjectId }) => subjectId === 'ada'),
    (error: unknown) => (error as { reason?: string }).reason,
  );
  expect([true, 'invalid_input']).toContain(outcome);
});

it('takes the id of a stranger’s event as a place in the log and as nothing else', async () => {
  for (const after of arranged.strange.events) {
    const { items } = await test.core.event.list(test.subject('ada'), { after });
    expect(items.filter(({ subjectId }) => subjectId !== 'ada')).toEqual([]);
  }
});

it('shows a subject nothing of another one that it asks for by name or by request', async () => {
  const { list } = test.core.event;
  const nothing = { items: [], cursor: null };
  expect(await list(test.subject('ada'), { subjectId: 'grace' })).toEqual(nothing);
  expect(await list(test.subject('ada'), { requestId: arranged.strange.request })).toEqual(nothing);
});
