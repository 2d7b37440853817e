import { expect, it } from 'vitest';
import { parsePosition } from '../../src/event/position.ts';
import type { Subscription } from '../../src/index.ts';
import type { TestCore } from '../../testing/index.ts';
import { createTransfer, refusal } from '../fixtures.ts';
import { compare, enter, everyEvent, openLedger, openNode, until, untilAllEntered } from './ledger.ts';

async function standing(test: TestCore) {
  const { items } = await test.core.subscriber.listSubscribers(test.service, {});
  return items[0];
}

/** Cannot handle what Bob does, until told. */
function unlessBob(broken: { is: boolean }): Subscription['handle'] {
  return async (rows, batch) => {
    for (const row of rows) {
      if (broken.is && row.subject_id === 'bob') throw new RangeError('a secret of Bob');
      await enter([row], batch);
    }
  };
}

it('tries an event that fails after 1, 2 … seconds, then parks; what came before it took effect once', async () => {
  await using test = await openLedger();
  const broken = { is: true };
  await createTransfer(test);
  await createTransfer(test, { subjectId: 'bob' });
  await createTransfer(test, { subjectId: 'carol' });
  test.core.subscriber.start({ ...everyEvent, handle: unlessBob(broken) });
  await until(async () => (await standing(test))?.failures === 1);
  const { log } = await compare(test);
  expect((await compare(test)).ledger).toEqual(log.slice(0, 2));
  const once = await standing(test);
  expect(once?.retryAt?.getTime()).toBe(test.clock.now().getTime() + 1000);

  test.clock.advance(1);
  await until(async () => (await standing(test))?.failures === 2);
  expect((await standing(test))?.retryAt?.getTime()).toBe(test.clock.now().getTime() + 2000);
  test.clock.advance(2);
  await until(async () => (await standing(test))?.state === 'parked');
  const parked = await standing(test);
  expect(parked).toMatchObject({ name: 'ledger', failures: 3, node: expect.any(String) as string });
  const bobs = await test.events(test.service, { subjectId: 'bob' });
  expect(parked?.failedEventId).toBe(bobs.items[0]?.id);
  expect(parked?.lagSeconds).toBe(3);
  expect(parked?.failure).toMatch(/^RangeError [0-9a-f-]{36}$/);

  broken.is = false;
  await test.core.subscriber.resumeSubscriber(test.service, { name: 'ledger' });
  await untilAllEntered(test);
  expect((await compare(test)).ledger).toEqual(log);
  expect(await standing(test)).toMatchObject({ state: 'active', failures: 0, failure: null, lagSeconds: 0 });
});

it('an operator lets it pass over the event that fails, and no other', async () => {
  await using test = await openLedger();
  const broken = { is: true };
  await createTransfer(test, { subjectId: 'bob' });
  await createTransfer(test);
  test.core.subscriber.start({ ...everyEvent, attemptsMax: 1, handle: unlessBob(broken) });
  await until(async () => (await standing(test))?.state === 'parked');
  const operator = test.core.context({ kind: 'operator' });
  await test.core.subscriber.resumeSubscriber(operator, { name: 'ledger', skip: true });
  broken.is = false;
  await until(async () => (await compare(test)).ledger.length === 3);
  const { ledger, log } = await compare(test);
  expect(ledger).toEqual(log.slice(1));
  await expect(
    test.core.subscriber.resumeSubscriber(operator, { name: 'ledger', skip: true }),
  ).rejects.toMatchObject(refusal('not_found'));
});

it('is replayed from any place: the same events with the same ids, in the same order', async () => {
  await using test = await openLedger();
  for (const subjectId of ['ada', 'bob', 'carol']) await createTransfer(test, { subjectId });
  test.core.subscriber.start({ ...everyEvent, handle: enter });
  await untilAllEntered(test);
  const { items } = await test.events(test.service, {});
  await test.core.subscriber.replaySubscriber(test.service, { name: 'ledger', after: items[2]?.id ?? '' });
  await until(async () => (await compare(test)).ledger.length === 9);
  await test.core.subscriber.replaySubscriber(test.service, { name: 'ledger', from: 'start' });
  await until(async () => (await compare(test)).ledger.length === 15);
  const { ledger, log } = await compare(test);
  expect(ledger).toEqual([...log, ...log.slice(3), ...log]);
});

it('moved by hand in the middle of a batch, that batch is rolled back', async () => {
  await using test = await openLedger();
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  await createTransfer(test);
  test.core.subscriber.start({
    ...everyEvent,
    async handle(rows, batch) {
      await enter(rows, batch);
      began.resolve();
      await goOn;
    },
  });
  await began.promise;
  await test.core.subscriber.replaySubscriber(test.service, { name: 'ledger', from: 'now' });
  resolve();
  await createTransfer(test, { subjectId: 'bob' });
  await until(async () => (await compare(test)).ledger.length > 0);
  const { ledger, log } = await compare(test);
  // 'now' is where every event is that a writing transaction could still precede: the batch itself was writing.
  expect(new Set(ledger).size).toBe(ledger.length);
  expect(log.slice(-2).every((id) => ledger.includes(id))).toBe(true);
});

it('is for those who run the installation, and a name that is none is not_found', async () => {
  await using test = await openLedger();
  const { listSubscribers, resumeSubscriber, replaySubscriber, removeSubscriber } = test.core.subscriber;
  const forbidden = [
    listSubscribers(test.subject('ada'), {}),
    resumeSubscriber(test.subject('ada'), { name: 'ledger' }),
    replaySubscriber(test.subject('ada'), { name: 'ledger', from: 'start' }),
    removeSubscriber(test.subject('ada'), { name: 'ledger' }),
  ];
  await Promise.all(forbidden.map((call) => expect(call).rejects.toMatchObject(refusal('forbidden'))));
  await expect(resumeSubscriber(test.service, { name: 'nobody' })).rejects.toMatchObject(
    refusal('not_found'),
  );
  await expect(
    replaySubscriber(test.service, { name: 'x', from: 'now', after: 'evt_' }),
  ).rejects.toMatchObject(refusal('invalid_input'));
  const ours = [
    replaySubscriber(test.service, { name: 'countersign.webhooks', from: 'start' }),
    replaySubscriber(test.service, { name: 'countersign.webhooks', after: 'evt_' }),
    removeSubscriber(test.service, { name: 'countersign.webhooks' }),
  ];
  await Promise.all(ours.map((call) => expect(call).rejects.toMatchObject(refusal('invalid_input'))));
  expect(await removeSubscriber(test.service, { name: 'nobody' })).toEqual({ removed: false });
});

it('forgotten by an operator, its name is new', async () => {
  await using test = await openLedger();
  const node = await openNode(test, 'gone');
  node.subscriber.start({ ...everyEvent, handle: async () => undefined });
  await until(async () => (await standing(test)) !== undefined);
  await node.close();
  expect(await test.core.subscriber.removeSubscriber(test.service, { name: 'ledger' })).toEqual({
    removed: true,
  });
  expect(await standing(test)).toBeUndefined();
});

it('whose place is not kept any more is parked, not moved on; replayed from the start it has what is kept', async () => {
  await using test = await openLedger();
  const { sql } = test.database;
  await createTransfer(test);
  const started = test.core.subscriber.start({ ...everyEvent, handle: enter });
  await untilAllEntered(test);
  await started.stop();
  await createTransfer(test, { subjectId: 'bob' });
  const { items } = await test.events(test.service, { subjectId: 'bob' });
  const bobs = parsePosition(items[0]?.id ?? '');
  await sql.query(
    'UPDATE countersign.installation SET pruned_until = ROW($1, $2::text::xid8, $3, $4)::countersign.place',
    [bobs?.epoch, bobs?.txid, bobs?.sequence, bobs?.id],
  );
  test.core.subscriber.start({ ...everyEvent, handle: enter });
  await until(async () => (await standing(test))?.state === 'parked');
  expect((await standing(test))?.failure).toMatch(/^unreadable_place [0-9a-f-]{36}$/);
  expect((await compare(test)).ledger).toHaveLength(2);
  await test.core.subscriber.replaySubscriber(test.service, { name: 'ledger', from: 'start' });
  await until(async () => (await compare(test)).ledger.length === 6);
});

it('a function that never ends has failed, and holds up no other subscriber', async () => {
  await using test = await openLedger();
  await createTransfer(test);
  const never = { ...everyEvent, batchSizeMax: 1, attemptsMax: 1, timeoutSeconds: 1 };
  for (const name of ['never', 'neither', 'nor'])
    test.core.subscriber.start({ ...never, name, handle: () => new Promise(() => undefined) });
  test.core.subscriber.start({ ...everyEvent, handle: enter });
  await untilAllEntered(test);
  await until(async () => {
    const { items } = await test.core.subscriber.listSubscribers(test.service, {});
    return items.filter(({ state }) => state === 'parked').length === 3;
  });
});

it('what only the commit refuses is counted like what is thrown', async () => {
  await using test = await openLedger();
  await test.database.sql.query(
    'ALTER TABLE public.ledger ADD CONSTRAINT once UNIQUE (about_id) DEFERRABLE INITIALLY DEFERRED',
  );
  await createTransfer(test);
  test.core.subscriber.start({ ...everyEvent, attemptsMax: 1, handle: enter });
  await until(async () => (await standing(test))?.state === 'parked');
  const { items } = await test.events(test.service, {});
  expect(await standing(test)).toMatchObject({ failures: 1, failedEventId: items[1]?.id });
  expect((await compare(test)).ledger).toHaveLength(1);
});

it('one of ours is moved by hand only when it is parked', async () => {
  await using test = await openLedger();
  const ours = { ...everyEvent, name: 'countersign.test', attemptsMax: 1 };
  const handle = () => Promise.reject(new Error('broken'));
  const broken = test.core.subscriber.start({ ...ours, handle });
  await createTransfer(test);
  const { replaySubscriber } = test.core.subscriber;
  await until(async () => (await standing(test))?.state === 'parked');
  await broken.stop();
  const moved = await replaySubscriber(test.service, { name: ours.name, from: 'start' });
  expect(moved.state).toBe('active');
  await expect(replaySubscriber(test.service, { name: ours.name, from: 'start' })).rejects.toMatchObject(
    refusal('invalid_input'),
  );
});

it('forgotten while it runs it goes on with what comes', async () => {
  await using test = await openLedger();
  await createTransfer(test);
  test.core.subscriber.start({ ...everyEvent, from: 'now', handle: enter });
  await createTransfer(test, { subjectId: 'bob' });
  const { items } = await test.events(test.service, { subjectId: 'bob' });
  await until(async () => (await standing(test))?.cursor === items.at(-1)?.id);
  const before = (await compare(test)).ledger.length;
  await test.core.subscriber.removeSubscriber(test.service, { name: 'ledger' });
  await until(async () => (await standing(test)) !== undefined);
  await createTransfer(test, { subjectId: 'carol' });
  await until(async () => (await compare(test)).ledger.length >= before + 2);
  const { ledger } = await compare(test);
  expect(new Set(ledger).size).toBe(ledger.length);
});
