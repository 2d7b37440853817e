import { expect, it } from 'vitest';
import { openCore } from '../../src/index.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createMemoryBus } from '../bus/memory-bus.ts';
import { createTransfer } from '../fixtures.ts';
import { compare, enter, everyEvent, openLedger, until } from './ledger.ts';
import { newerType, startNewer, writeAsNewer } from './newer.ts';

const why = `unknown_event_type ${newerType}`;

async function standing(test: TestCore) {
  const { items } = await test.core.subscriber.listSubscribers(test.service, {});
  return items.find(({ name }) => name === 'ledger');
}

/** It stands at the end of the log, or says why it does not. */
async function untilRead(test: TestCore): Promise<void> {
  const { items } = await test.events(test.service, { limit: 500 });
  await until(async () => {
    const found = await standing(test);
    return found?.cursor === items.at(-1)?.id || typeof found?.failure === 'string';
  });
}

async function untilAtEnd(test: TestCore): Promise<void> {
  const { items } = await test.events(test.service, { limit: 500 });
  await until(async () => (await standing(test))?.cursor === items.at(-1)?.id);
}

/** What is logged, and of that what is said of waiting. */
function openLog() {
  const lines: [object, string][] = [];
  const write = (fields: object, message: string) => void lines.push([fields, message]);
  return {
    logger: { debug: write, info: write, warn: write, error: write },
    waits: () =>
      lines
        .filter(([, message]) => message.startsWith('a subscriber stands still'))
        .map(([fields]) => fields),
  };
}

/** Two events, one that only a newer version knows, two more. Returns the id of the one. */
async function writeAll(test: TestCore): Promise<string> {
  await createTransfer(test);
  const id = await writeAsNewer(test);
  await createTransfer(test, { subjectId: 'bob' });
  return id;
}

it('stands still before what only a newer version knows; a node of that version takes over, and gives it back', async () => {
  await using test = await openLedger();
  await writeAll(test);
  test.core.subscriber.start({ ...everyEvent, handle: enter });
  await untilRead(test);
  const { ledger: byOld, log } = await compare(test);
  {
    await using _newer = await startNewer(test, 'ledger');
    await untilAtEnd(test);
  }
  await createTransfer(test, { subjectId: 'carol' });
  await untilAtEnd(test);
  const found = await compare(test);
  expect(found.ledger).toEqual(found.log);
  expect(byOld).toEqual(log.slice(0, 2));
  const { rows } = await test.database.sql.query<{ node: string }>(
    'SELECT node FROM public.ledger ORDER BY place',
  );
  const nodes = rows.map(({ node }) => node);
  expect([nodes[0], nodes[2], nodes.at(-1)]).toEqual(['one', 'newer', 'one']);
  expect(await standing(test)).toMatchObject({ failedEventId: null, failure: null, failures: 0 });
});

it('where no node knows it, that is seen by operators, is no failure, and is passed over by name alone', async () => {
  await using test = await openLedger();
  const unknownId = await writeAll(test);
  test.core.subscriber.start({ ...everyEvent, attemptsMax: 1, handle: enter });
  await untilRead(test);
  test.clock.advance({ hours: 1 });
  const { items } = await test.events(test.service, {});
  expect(await standing(test)).toMatchObject({
    state: 'active',
    cursor: items[1]?.id,
    lagSeconds: 3600,
    failures: 0,
    failedEventId: unknownId,
    failure: why,
    retryAt: null,
  });
  const { subscribers } = await test.core.figures();
  expect(subscribers).toMatchObject([{ isParked: false, failures: 0, lagSeconds: 3600, lagEvents: 3 }]);

  await test.core.subscriber.resumeSubscriber(test.service, { name: 'ledger', skip: true });
  await untilAtEnd(test);
  const { ledger, log } = await compare(test);
  expect(ledger).toEqual(log.toSpliced(2, 1));
  expect(await standing(test)).toMatchObject({ failedEventId: null, failure: null, lagSeconds: 0 });
});

it('where no node knows many, an operator moves it behind all of them', async () => {
  await using test = await openLedger();
  await writeAll(test);
  for (let n = 0; n < 5; n += 1) await writeAsNewer(test);
  const last = await writeAsNewer(test);
  await createTransfer(test, { subjectId: 'carol' });
  test.core.subscriber.start({ ...everyEvent, handle: enter });
  await untilRead(test);
  await test.core.subscriber.replaySubscriber(test.service, { name: 'ledger', after: last });
  await untilAtEnd(test);
  const { ledger, log } = await compare(test);
  expect(ledger).toEqual([...log.slice(0, 2), ...log.slice(-2)]);
});

it('with types of its own it never waits: what it does not know is none of them', async () => {
  await using test = await openLedger();
  await writeAll(test);
  const types = ['authorization_request.created', 'authorization_request.challenged'] as const;
  test.core.subscriber.start({ ...everyEvent, types, handle: enter });
  await untilRead(test);
  const { ledger, log } = await compare(test);
  expect(ledger).toEqual(log.toSpliced(2, 1));
});

it('says in the log once for each type what it waits for', async () => {
  const log = openLog();
  await using test = await openTestCore({ logger: log.logger });
  const unknownId = await writeAll(test);
  await writeAsNewer(test, 'bob');
  test.core.subscriber.start({ ...everyEvent, handle: async () => undefined });
  await untilRead(test);
  await test.core.subscriber.resumeSubscriber(test.service, { name: 'ledger', skip: true });
  await until(async () => (await standing(test))?.cursor !== unknownId);
  await untilRead(test);
  expect(log.waits()).toEqual([{ subscriber: 'ledger', eventId: unknownId, eventType: newerType }]);
});

it('a node that does not know the event takes nothing from the failures of one that does', async () => {
  const log = openLog();
  await using test = await openTestCore({ logger: log.logger });
  await writeAll(test);
  const subscription = { ...everyEvent, handle: async () => undefined };
  const before = test.core.subscriber.start(subscription);
  await untilRead(test);
  await before.stop();
  const failed = { failures: 2, failure: 'RangeError of a newer node', failedEventId: 'evt_of_that_node' };
  await test.database.sql.query(
    'UPDATE countersign.subscriber SET failures = $1, failure = $2, failed_event = $3, retry_at = $4',
    [failed.failures, failed.failure, failed.failedEventId, test.clock.now()],
  );
  test.core.subscriber.start(subscription);
  await until(() => log.waits().length === 2);
  expect(await standing(test)).toMatchObject({ state: 'active', ...failed });
});

it('a relay carries it to the nodes that know it: it reads rows, not types', async () => {
  await using test = await openTestCore();
  const bus = createMemoryBus();
  const { url } = test.database;
  const relay = await openCore({
    database: url,
    secret: test.secret,
    methods: [],
    migrate: false,
    sweep: false,
    bus,
  });
  await createTransfer(test);
  const unknownId = await writeAsNewer(test);
  await createTransfer(test, { subjectId: 'bob' });
  const { items } = await test.events(test.service, {});
  await until(() => bus.published.some(({ id }) => id === items.at(-1)?.id));
  const places = bus.published.map(({ id, after }) => [after, id]);
  expect(places.slice(-3)).toEqual([
    [items[1]?.id, unknownId],
    [unknownId, items[2]?.id],
    [items[2]?.id, items[3]?.id],
  ]);
  expect(relay.event.reader.bus).toMatchObject({ ignored: 0 });
  await relay.close();
});
