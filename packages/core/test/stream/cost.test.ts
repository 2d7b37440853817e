import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import pg from 'pg';
import type { WatchEvent } from '../../src/index.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer, wrongProof } from '../fixtures.ts';
import { readOn, type Reading } from './read-on.ts';

const patience = { timeout: 10_000 };
const log = 'countersign_log_new';
const news = 'countersign_request_news';
/** Four times a second, whoever streams: what operators have configured. */
const configured = 'countersign_method_configuration_read';

/** The names of all statements that this process has sent since the test began. */
let sent: string[];
const query: unknown = Reflect.get(pg.Client.prototype, 'query');
beforeEach(() => {
  sent = [];
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    const { name } = input[0] as { name?: string };
    if (name !== undefined && name !== configured) sent.push(name);
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
});
afterEach(() => {
  Reflect.set(pg.Client.prototype, 'query', query);
});

const count = (name: string) => sent.filter((each) => each === name).length;

it('a thousand idle streams send no statement of their own: one reader asks for all of them', async () => {
  await using test = await openTestCore();
  const streams = await Promise.all(
    Array.from({ length: 1000 }, async (_, n) =>
      readOn(await test.core.event.stream(n % 2 === 0 ? test.service : test.subject('ada'), {})),
    ),
  );
  sent = [];
  await expect.poll(() => count(log), patience).toBeGreaterThan(3);
  expect(new Set(sent)).toEqual(new Set([log]));
  await createTransfer(test);
  await expect.poll(() => streams.every(({ told }) => told.length === 2), patience).toBe(true);
  expect(new Set(sent)).toEqual(new Set([log, 'countersign_request_insert']));
});

it('one reconnects by one statement: what it has missed, or the end of the log', async () => {
  await using test = await openTestCore();
  await createTransfer(test);
  const [first] = (await test.events(test.service, {})).items;
  sent = [];
  const resumed = readOn(await test.core.event.stream(test.service, { lastEventId: first?.id }));
  await expect.poll(() => resumed.told.length, patience).toBe(1);
  expect(count('countersign_log_page')).toBeLessThanOrEqual(2);
  const begun = readOn(await test.core.event.stream(test.service, {}));
  await sleep(50);
  expect(begun.told).toEqual([]);
  expect(sent.filter((name) => name !== log && name !== 'countersign_log_page')).toEqual([
    'countersign_log_end',
  ]);
});

it('a thousand idle watches send one statement together at each poll, and none at all when they have ended', async () => {
  await using test = await openTestCore();
  const leaving = new AbortController();
  const watches = await watchMany(test, 1000, leaving.signal);
  sent = [];
  const startedAt = performance.now();
  await expect.poll(() => count(news), patience).toBeGreaterThan(3);
  const pollsMax = Math.ceil((performance.now() - startedAt) / 250) + 1;
  expect(count(news)).toBeLessThanOrEqual(pollsMax);
  expect(new Set(sent.filter((name) => name !== log))).toEqual(new Set([news]));
  leaving.abort();
  await Promise.all(watches.map(({ ended }) => ended));
  await sleep(300); // one poll may be on its way
  sent = [];
  await expect.poll(() => count(log), patience).toBeGreaterThan(1);
  expect(count(news)).toBe(0);
});

it('an event is looked for at once, for the one request that it is about, and shown by one statement', async () => {
  await using test = await openTestCore();
  const watches = await watchMany(test, 3);
  const other = await createTransfer(test, { subjectId: 'unwatched' });
  await expect.poll(() => watches.every(({ told }) => told.length === 1), patience).toBe(true);
  sent = [];
  const asked: unknown[][] = [];
  const { pool } = test.service.database;
  const original = pool.query;
  Reflect.set(pool, 'query', async (...input: Parameters<typeof original>) => {
    if (input[0].name === news) asked.push((input[1] as { ids: unknown[] }).ids);
    return await original(...input);
  });
  const id = watches[0]?.told[0]?.about.id ?? '';
  await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test, 's0') });
  await expect.poll(() => watches[0]?.told.length, patience).toBe(2);
  expect(asked.filter((ids) => ids.length === 1)).toHaveLength(1);
  await test.core.authorizationRequest.deny(test.service, { id: other.id });
  expect(asked.filter((ids) => ids.length === 1)).toHaveLength(1);
});

async function watchMany(test: TestCore, many: number, signal?: AbortSignal): Promise<Reading<WatchEvent>[]> {
  const ids: string[] = [];
  for (let n = 0; n < Math.min(many, 20); n += 1)
    ids.push((await createTransfer(test, { subjectId: `s${n}` })).id);
  const watches = await Promise.all(
    Array.from({ length: many }, async (_, n) => {
      const id = ids[n % ids.length] ?? '';
      return readOn(await test.core.authorizationRequest.watch(test.service, { id }, { signal }));
    }),
  );
  await expect.poll(() => watches.every(({ told }) => told.length === 1), patience).toBe(true);
  return watches;
}
