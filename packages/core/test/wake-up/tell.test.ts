import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Database } from '../../src/database/executor.ts';
import { readMessage } from '../../src/event/wake-up/message.ts';
import { createTeller, type Teller } from '../../src/event/wake-up/tell.ts';
import { formatId } from '../../src/id.ts';

interface Notification {
  readonly payload: string;
  sent(): void;
  fail(): void;
}

/** A teller on a database that has taken a notification when the test says so. */
function openTeller(): { teller: Teller; told: Notification[]; lines: string[] } {
  const told: Notification[] = [];
  const lines: string[] = [];
  const query = async (_: unknown, { payload }: { payload: string }) => {
    const { promise, resolve, reject } = Promise.withResolvers<object[]>();
    told.push({ payload, sent: () => resolve([]), fail: () => reject(new Error('away')) });
    return await promise;
  };
  const write = (level: string) => (_: unknown, text: string) => void lines.push(`${level}: ${text}`);
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const database = { pool: { query } } as unknown as Database;
  return { teller: createTeller({ database, logger }, 'me'), told, lines };
}

const requestId = () => formatId('authorizationRequest', randomUUID());
const patience = { timeout: 10_000 };

it('tells a hundred commits of one turn by one notification', async () => {
  const { teller, told } = openTeller();
  const ids = Array.from({ length: 100 }, requestId);
  for (const id of ids) teller.tell([id]);
  await expect.poll(() => told.length, patience).toBe(1);
  expect(readMessage(told[0]?.payload ?? '')).toEqual({ node: 'me', says: 'changed', ids });
  told[0]?.sent();
  await teller.close();
  expect(told).toHaveLength(1);
});

it('tells by one more whatever was committed while the first was told, each request once', async () => {
  const { teller, told } = openTeller();
  teller.tell([requestId()]);
  await expect.poll(() => told.length, patience).toBe(1);
  const ids = Array.from({ length: 50 }, requestId);
  for (const id of [...ids, ...ids]) {
    teller.tell([id]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(told).toHaveLength(1);
  told[0]?.sent();
  await expect.poll(() => told.length, patience).toBe(2);
  expect(readMessage(told[1]?.payload ?? '').ids).toEqual(ids);
  told[1]?.sent();
  await teller.close();
  expect(told).toHaveLength(2);
});

it('keeps no more of a burst than one notification can say, however long the database does not answer', async () => {
  const { teller, told } = openTeller();
  teller.tell([]);
  await expect.poll(() => told.length, patience).toBe(1);
  for (let n = 0; n < 10_000; n += 1) teller.tell([requestId(), `fact_${n}`]);
  told[0]?.sent();
  await expect.poll(() => told.length, patience).toBe(2);
  expect(readMessage(told[1]?.payload ?? '').says).toBe('everything');
  told[1]?.sent();
  await teller.close();
});

it('says nothing where nothing was committed, and nothing twice', async () => {
  const { teller, told } = openTeller();
  await teller.close();
  expect(told).toEqual([]);
});

it('lets a commit be, also when nobody could be told of it: that is a line for whoever debugs', async () => {
  const { teller, told, lines } = openTeller();
  teller.tell([requestId()]);
  await expect.poll(() => told.length, patience).toBe(1);
  told[0]?.fail();
  await expect
    .poll(() => lines, patience)
    .toEqual([expect.stringMatching(/^debug: other nodes could not be told/)]);
  teller.tell([]);
  await expect.poll(() => told.length, patience).toBe(2);
  expect(readMessage(told[1]?.payload ?? '')).toEqual({ node: 'me', says: 'changed', ids: [] });
  told[1]?.sent();
  await teller.close();
});

it('says once that it is there, however many ask at the same time, and with news says no more than the news', async () => {
  const { teller, told } = openTeller();
  for (let n = 0; n < 100; n += 1) teller.greet();
  await expect.poll(() => told.length, patience).toBe(1);
  expect(readMessage(told[0]?.payload ?? '')).toMatchObject({ node: 'me', says: 'here' });
  teller.greet();
  teller.tell([]);
  told[0]?.sent();
  await expect.poll(() => told.length, patience).toBe(2);
  expect(readMessage(told[1]?.payload ?? '')).toMatchObject({ node: 'me', says: 'changed' });
  told[1]?.sent();
  await teller.close();
  expect(told).toHaveLength(2);
});

it('has told the last commit when it is closed', async () => {
  const { teller, told } = openTeller();
  teller.tell([]);
  const closing = teller.close();
  await expect.poll(() => told.length, patience).toBe(1);
  told[0]?.sent();
  await closing;
});
