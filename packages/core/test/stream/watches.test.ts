import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createWatches, type Watches } from '../../src/authorization-request/watches.ts';
import type { News } from '../../src/authorization-request/statement/watch.ts';
import type { Database } from '../../src/database/executor.ts';
import { over } from '../../src/authorization-request/watch-end.ts';
import { formatId } from '../../src/id.ts';
import { createTestClock } from '../../testing/index.ts';

const uuid = randomUUID();
const row = (sequence: number, type: News['type'] = 'authorization_request.challenged'): News => ({
  question: 1,
  epoch: 1,
  txid: '3',
  id: randomUUID(),
  type,
  occurred_at: new Date(),
  subject_id: 'ada',
  session_id: null,
  slug: 'transfer',
  about_kind: 'authorization_request',
  about_id: uuid,
  sequence,
  data: {},
  context: null,
});

const behind = (sequence: number) => ({ epoch: 1, txid: '3', sequence });

interface Question {
  readonly known: readonly string[];
  answer(news: readonly News[]): void;
  fail(): void;
}

/** Watches on a database whose answers come when the test gives them. */
function openWatches(): { watches: Watches; asked: Question[]; warnings: string[] } {
  const asked: Question[] = [];
  const warnings: string[] = [];
  const query = async (_: unknown, { known }: { known: readonly string[] }): Promise<readonly News[]> => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly News[]>();
    asked.push({ known, answer: resolve, fail: () => reject(new Error('away')) });
    return await promise;
  };
  const logger = {
    debug() {},
    info() {},
    error() {},
    warn: (_: unknown, text: string) => warnings.push(text),
  };
  const database = { pool: { query } } as unknown as Database;
  return { watches: createWatches({ database, clock: createTestClock(), logger }), asked, warnings };
}

const patience = { timeout: 10_000 };
const inAnHour = new Date(Date.now() + 3_600_000);

it('tells an event once when two questions at the same time find it', async () => {
  const { watches, asked } = openWatches();
  const watch = watches.open(uuid, undefined);
  watch.begin(behind(1), inAnHour);
  await expect.poll(() => asked.length, patience).toBe(2); // the one at its beginning, and that of the poll
  expect(asked.map(({ known }) => known)).toEqual([['1'], ['1']]);
  const [first, second] = asked;
  first?.answer([row(2)]);
  second?.answer([row(2), row(3)]);
  expect([(await watch.next())?.sequence, (await watch.next())?.sequence]).toEqual([2, 3]);
  await expect.poll(() => asked.length, patience).toBe(3);
  expect(asked[2]?.known).toEqual(['3']);
  watch.close();
  expect(await watch.next()).toBeUndefined();
  asked[2]?.answer([]);
  await watches.close();
});

it('asks again after a failure, and a watch goes on where it was', async () => {
  const { watches, asked, warnings } = openWatches();
  const watch = watches.open(uuid, undefined);
  watch.begin(behind(4), inAnHour);
  asked[0]?.fail();
  await expect.poll(() => asked.length, patience).toBe(2);
  expect(warnings).toEqual(['watched requests cannot be read; trying again']);
  asked[1]?.answer([row(5)]);
  expect((await watch.next())?.sequence).toBe(5);
  const closing = watches.close();
  expect(await watch.next()).toBeUndefined();
  asked.at(-1)?.answer([]);
  await closing;
});

it('keeps no more of a watch that nobody reads than its queue holds, and asks again once it is read', async () => {
  const { watches, asked } = openWatches();
  const [unread, read] = [watches.open(uuid, undefined), watches.open(randomUUID(), undefined)];
  unread.begin(behind(0), inAnHour);
  asked[0]?.answer(Array.from({ length: 40 }, (_, n) => row(n + 1)));
  read.begin(behind(7), inAnHour);
  await expect.poll(() => asked.length, patience).toBeGreaterThan(1);
  expect(asked.slice(1).flatMap(({ known }) => known)).not.toContain('32'); // it is full, and asks nothing
  for (const one of asked) one.answer([]);
  for (let sequence = 1; sequence <= 32; sequence += 1)
    expect((await unread.next())?.sequence).toBe(sequence);
  await expect.poll(() => asked.flatMap(({ known }) => known), patience).toContain('32');
  for (const one of asked) one.answer([]);
  const closing = watches.close();
  for (const one of asked) one.answer([]);
  await closing;
});

it('ends a watch whose time is over when it has told everything, and not before', async () => {
  const { watches, asked } = openWatches();
  const watch = watches.open(uuid, undefined);
  watch.begin(behind(0), over);
  asked[0]?.answer(Array.from({ length: 32 }, (_, n) => row(n + 1)));
  for (let sequence = 1; sequence <= 32; sequence += 1) expect((await watch.next())?.sequence).toBe(sequence);
  await expect.poll(() => asked.length, patience).toBe(2);
  asked[1]?.answer([row(33)]);
  expect((await watch.next())?.sequence).toBe(33);
  expect(await watch.next()).toBeUndefined();
  await watches.close();
  expect(asked).toHaveLength(2);
});

it('ends with the decision, though a wrong answer that was judged before it is written after it', async () => {
  const { watches, asked } = openWatches();
  const watch = watches.open(uuid, undefined);
  watch.begin(behind(1), inAnHour);
  asked[0]?.answer([row(2, 'authorization_request.denied'), row(3, 'authorization_request.check_failed')]);
  expect((await watch.next())?.sequence).toBe(2);
  expect(await watch.next()).toBeUndefined();
  await watches.close();
});

it('is woken for the requests that it watches, and for no others', async () => {
  const { watches, asked } = openWatches();
  const watch = watches.open(uuid, undefined);
  watch.begin(behind(1), inAnHour);
  asked[0]?.answer([]);
  await Promise.resolve();
  watches.wake([formatId('authorizationRequest', randomUUID()), 'fact_none', '']);
  expect(asked).toHaveLength(1);
  await expect
    .poll(() => {
      watches.wake([formatId('authorizationRequest', uuid)]);
      return asked.length;
    }, patience)
    .toBe(2);
  const closing = watches.close();
  for (const one of asked) one.answer([]);
  await closing;
});
