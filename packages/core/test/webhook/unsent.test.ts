import { expect, it } from 'vitest';
import { forget } from '../../src/maintenance/forget.ts';
import { defaultRetention } from '../../src/maintenance/retention.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import {
  answers,
  createEndpoint,
  deliveriesIn,
  oneEvent,
  openEndpoints,
  operatorOf,
  tarpit,
  throughTries,
  until,
} from './endpoints.ts';
import { claimAll, owe } from './owed.ts';

const retain = (test: TestCore) => forget(test.service, defaultRetention);

async function bodiesIn({ database }: TestCore): Promise<number> {
  const { rows } = await database.sql.query<{ count: number }>(
    'SELECT count(body)::int AS count FROM countersign.webhook_delivery',
  );
  return rows[0]?.count ?? 0;
}

it('what nobody sends any more is cancelled when the longest schedule would be over, and leaves no body behind', async () => {
  await using test = await openTestCore();
  const { id } = await createEndpoint(test);
  await owe(test.service, id, 3);
  test.clock.advance({ days: 9 });
  expect(await retain(test)).toEqual({ rows: 0, isMore: false });
  expect(await deliveriesIn(test, 'waiting')).toHaveLength(3);
  expect(await bodiesIn(test)).toBe(3);

  test.clock.advance({ hours: 3 });
  expect(await retain(test)).toEqual({ rows: 3, isMore: false });
  expect(await bodiesIn(test)).toBe(0);
  const finishedAt = test.clock.now();
  expect(await deliveriesIn(test)).toMatchObject(
    Array.from({ length: 3 }, () => ({ state: 'cancelled', finishedAt, nextTryAt: null, tries: [] })),
  );
  test.clock.advance({ days: 30, milliseconds: 1 });
  expect(await retain(test)).toEqual({ rows: 3, isMore: false });
  expect(await deliveriesIn(test)).toEqual([]);
});

it('what is owed to an endpoint that is off or removed is cancelled by the next run, also where nobody sends', async () => {
  await using test = await openTestCore();
  const off = await createEndpoint(test, 'off.example');
  const removed = await createEndpoint(test, 'removed.example');
  const on = await createEndpoint(test, 'on.example');
  for (const { id } of [off, removed, on]) await owe(test.service, id, 2);
  await test.core.webhook.update(operatorOf(test), { id: off.id, isActive: false });
  await test.core.webhook.remove(operatorOf(test), { id: removed.id });
  expect(await bodiesIn(test)).toBe(6);
  expect(await retain(test)).toEqual({ rows: 4, isMore: false });
  expect(await bodiesIn(test)).toBe(2);
  const [first, second, ...others] = await deliveriesIn(test);
  expect([first, second]).toMatchObject([
    { endpointId: on.id, state: 'waiting' },
    { endpointId: on.id, state: 'waiting' },
  ]);
  expect(others.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled']);
});

it('is cancelled a batch at a time, and what a process has claimed that is gone like all of it', async () => {
  await using test = await openTestCore();
  const { id } = await createEndpoint(test);
  await owe(test.service, id, 501);
  expect((await claimAll(test.service)).rows).toHaveLength(16);
  test.clock.advance({ days: 10 });
  await owe(test.service, id, 1);
  const { rows: sending } = await claimAll(test.service, 1);
  expect(sending).toHaveLength(1);
  expect(await retain(test)).toEqual({ rows: 500, isMore: true });
  expect(await retain(test)).toEqual({ rows: 0, isMore: false });
  expect(await bodiesIn(test)).toBe(2);
  // Then that process is gone as well.
  test.clock.advance({ days: 10 });
  expect(await retain(test)).toEqual({ rows: 2, isMore: false });
  expect(await bodiesIn(test)).toBe(0);
});

it('that a sender still tries is never cancelled, however long an endpoint has it wait', async () => {
  const { far, test } = await openEndpoints();
  await using _ = test;
  await createEndpoint(test);
  const startedAt = test.clock.now().getTime();
  far.answer('ledger.example', () => answers(429, 86_400));
  await oneEvent(test);
  for (let tries = 1; tries <= 9; tries += 1) {
    await throughTries(test, tries);
    await retain(test);
    expect(await deliveriesIn(test)).toMatchObject([{ state: 'waiting' }]);
  }
  await throughTries(test, 10);
  await until(async () => (await deliveriesIn(test, 'failed')).length === 1);
  expect(test.clock.now().getTime() - startedAt).toBeGreaterThanOrEqual(9 * 86_400_000);
  expect(far.sent).toHaveLength(10);
});

it('nor by a sender, whose clock nobody has held against another: it cancels what has no endpoint, and nothing else', async () => {
  const { far, test } = await openEndpoints();
  await using _ = test;
  const off = await createEndpoint(test, 'off.example');
  const on = await createEndpoint(test, 'on.example', { types: ['scoped_token.issued'] });
  for (const host of ['off.example', 'on.example']) far.answer(host, tarpit);
  for (const { id } of [off, on]) await owe(test.service, id, 20);
  await until(() => far.open === 16);
  test.clock.advance({ days: 20 });
  await test.core.webhook.update(operatorOf(test), { id: off.id, isActive: false });
  const ofOff = { endpointId: off.id, state: 'cancelled', limit: 100 } as const;
  await until(async () => {
    const { items } = await test.core.webhook.deliveries(operatorOf(test), ofOff);
    return items.length === 20;
  });
  expect(await deliveriesIn(test, 'cancelled')).toHaveLength(20);
  expect(await deliveriesIn(test, 'waiting')).toHaveLength(20);
});

it('nor what waited for as long as nobody sent, if somebody sends it before that', async () => {
  const { far, test } = await openEndpoints();
  await using _ = test;
  const { id } = await createEndpoint(test);
  far.answer('ledger.example', () => answers(500));
  await oneEvent(test);
  await throughTries(test, 9);
  test.clock.advance({ days: 8 });
  far.answer('ledger.example', () => answers(200));
  await retain(test);
  await until(async () => (await deliveriesIn(test, 'delivered')).length === 1);
  expect((await deliveriesIn(test))[0]).toMatchObject({ endpointId: id, state: 'delivered' });
});
