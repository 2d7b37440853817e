import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { transferOf } from '../race/attack/open-request.ts';
import { uuidOf } from '../race/look.ts';

async function create(test: TestCore, subjectId: string): Promise<string> {
  const deliverTo = { channel: 'email', address: `${subjectId}@example.org` } as const;
  const asked = { ...transferOf(subjectId), title: 'Transfer money', deliverTo };
  return (await test.core.authorizationRequest.create(test.service, asked)).id;
}

async function until(isSo: () => boolean): Promise<boolean> {
  for (let waited = 0; waited < 2000 && !isSo(); waited += 10) await sleep(10);
  return isSo();
}

it.each([0, 1, 2])('tells a listener that comes %i turns after the last one has left', async (turns) => {
  await using test = await openTestCore();
  const { reader } = test.core.event;
  const leave = reader.subscribe(() => undefined);
  await sleep(50); // it has read, and waits for more
  leave();
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();

  const heard: string[] = [];
  reader.subscribe((events) => heard.push(...events.map(({ about }) => about.id)));
  await sleep(50);
  const id = await create(test, 'ada');
  expect(await until(() => heard.includes(id))).toBe(true);
});

it('tells a listener of everything that is committed after it has come, however busy the database is', async () => {
  await using test = await openTestCore();
  const { core, service, database } = test;
  const id = await create(test, 'ada');
  const holder = await database.sql.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM countersign.authorization_request WHERE id = $1 FOR UPDATE', [uuidOf(id)]);
  // One call waits for our lock and nine read: all ten connections are taken.
  const denying = core.authorizationRequest.deny(service, { id });
  await sleep(100);
  const reading = Array.from({ length: 9 }, () => service.database.pool.select('SELECT pg_sleep(0.5)', []));

  const heard: string[] = [];
  core.event.reader.subscribe((events) => heard.push(...events.map(({ about }) => about.id)));
  await holder.query('ROLLBACK');
  holder.release();
  await Promise.all([denying, ...reading]);
  expect(await until(() => heard.includes(id))).toBe(true);
});

it('stands at what it tells while it tells it: who comes then is told what follows, from there', async () => {
  await using test = await openTestCore();
  const { reader } = test.core.event;
  const places: boolean[] = [];
  reader.follow({
    told: (rows) => places.push(reader.place === rows.at(-1)),
    ended() {},
  });
  await create(test, 'ada');
  expect(await until(() => places.length > 0)).toBe(true);
  expect(places).not.toContain(false);
});
