import { expect, it } from 'vitest';
import { isBefore, logStart, parsePosition } from '../../src/event/position.ts';
import { systemClock, type Subscription } from '../../src/index.ts';
import { createTransfer } from '../fixtures.ts';
import { compare, enter, everyEvent, openLedger, openNode, until, untilAllEntered } from './ledger.ts';

it('gives every event to its subscriber once, in the order of the log, while many write', async () => {
  await using test = await openLedger();
  test.core.subscriber.start({ ...everyEvent, handle: enter });
  await Promise.all(Array.from({ length: 40 }, (_, n) => createTransfer(test, { subjectId: `s${n}` })));
  await untilAllEntered(test);
  const { ledger, log } = await compare(test);
  expect(log).toHaveLength(80);
  expect(ledger).toEqual(log);
});

it('writes nothing of a batch that throws, and what it writes with the place it writes once', async () => {
  await using test = await openLedger();
  let thrown = 0;
  test.core.subscriber.start({
    ...everyEvent,
    batchSizeMax: 3,
    attemptsMax: 100,
    async handle(rows, batch) {
      await enter(rows, batch);
      if (thrown < 3) {
        thrown += 1;
        throw new Error('after it was written');
      }
    },
  });
  for (let n = 0; n < 2; n += 1) await createTransfer(test, { subjectId: `s${n}` });
  await until(async () => {
    test.clock.advance(3);
    const { ledger, log } = await compare(test);
    return ledger.length === log.length;
  });
  const { ledger, log } = await compare(test);
  expect(ledger).toEqual(log);
  expect([thrown, log.length]).toEqual([3, 4]);
});

it('is active on one node at a time, whichever of three that have its name', async () => {
  await using test = await openLedger();
  let [running, most] = [0, 0];
  const handleOn =
    (node: string): Subscription['handle'] =>
    async (rows, batch) => {
      running += 1;
      most = Math.max(most, running);
      await enter(rows, batch, node);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
    };
  const nodes = [test.core, await openNode(test, 'two'), await openNode(test, 'three')];
  nodes.forEach((core, n) =>
    core.subscriber.start({ ...everyEvent, batchSizeMax: 2, handle: handleOn(`node ${n}`) }),
  );
  for (let n = 0; n < 30; n += 1) await createTransfer(test, { subjectId: `s${n}` });
  await untilAllEntered(test);
  const { ledger, log } = await compare(test);
  expect(ledger).toEqual(log);
  expect(most).toBe(1);
  await Promise.all(nodes.slice(1).map((core) => core.close()));
});

it('goes on elsewhere when its node stands still in the middle of a batch, whose work is then refused', async () => {
  await using test = await openLedger();
  const other = await openNode(test, 'other');
  const { promise: resumed, resolve: resume } = Promise.withResolvers<void>();
  let late: unknown;
  await createTransfer(test);
  const quick = { ...everyEvent, timeoutSeconds: 1 };
  const began = Promise.withResolvers<void>();
  let isStill = false;
  test.core.subscriber.start({
    ...quick,
    isReady: () => !isStill, // Whoever stands still takes no further turn.
    async handle(rows, batch) {
      isStill = true;
      began.resolve();
      await resumed;
      await enter(rows, batch).catch((error: unknown) => {
        late = error;
        throw error;
      });
    },
  });
  await began.promise;
  other.subscriber.start({ ...quick, handle: enter });
  await until(async () => {
    test.clock.advance(1); // What took too long is tried again in a second.
    return (await compare(test)).ledger.length > 0;
  });
  resume();
  await until(() => late !== undefined);
  const { ledger, log } = await compare(test);
  expect(ledger).toEqual(log);
  expect(String(late)).toMatch(/terminat|idle-in-transaction|not queryable/i);
  await other.close();
});

it('is tried by another node next when its node fails at an event that the other could handle', async () => {
  await using test = await openLedger();
  const inRealTime = { ...test, clock: systemClock };
  const [failing, able] = [await openNode(inRealTime, 'failing'), await openNode(inRealTime, 'able')];
  await createTransfer(test);
  let failed = 0;
  const began = Promise.withResolvers<void>();
  const oneByOne = { ...everyEvent, batchSizeMax: 1, attemptsMax: 20 };
  failing.subscriber.start({
    ...oneByOne,
    async handle() {
      failed += 1;
      began.resolve();
      throw new Error('what it needs is away from here');
    },
  });
  await began.promise;
  able.subscriber.start({ ...oneByOne, handle: enter });
  await untilAllEntered(test);
  // By whose turn it is at the wait's end: once, or twice when both look at the same moment.
  expect(failed).toBeLessThan(3);
  await Promise.all([failing.close(), able.close()]);
});

it('a slow handler holds nobody else up: its transaction has no number until it writes', async () => {
  await using test = await openLedger();
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  await createTransfer(test);
  test.core.subscriber.start({
    ...everyEvent,
    async handle() {
      tell();
      await goOn;
    },
  });
  await told;
  await createTransfer(test, { subjectId: 'bob' });
  const seen = await test.events(test.service, { subjectId: 'bob' });
  expect(seen.items).toHaveLength(2);
  resolve();
});

it('begins with what is committed from its start on, or at the start of the log; a name that is known goes on', async () => {
  await using test = await openLedger();
  await createTransfer(test);
  const last = (await test.events(test.service, {})).items.at(-1);
  await until(() => !isBefore(test.core.event.reader.place, parsePosition(last?.id ?? '') ?? logStart));
  const seen: Record<string, string[]> = { now: [], start: [], again: [] };
  const note =
    (who: string): Subscription['handle'] =>
    async (rows) => {
      seen[who]?.push(...rows.map(({ subject_id: subject }) => String(subject)));
    };
  const now = test.core.subscriber.start({ ...everyEvent, name: 'now', from: 'now', handle: note('now') });
  test.core.subscriber.start({ ...everyEvent, name: 'start', handle: note('start') });
  await createTransfer(test, { subjectId: 'bob' });
  await until(() => seen['now']?.length === 2 && seen['start']?.length === 4);
  await now.stop();
  await createTransfer(test, { subjectId: 'carol' });
  test.core.subscriber.start({ ...everyEvent, name: 'now', from: 'start', handle: note('again') });
  await until(() => seen['again']?.length === 2);
  expect(seen['now']).toEqual(['bob', 'bob']);
  expect(seen['start']?.slice(0, 4)).toEqual(['ada', 'ada', 'bob', 'bob']);
  expect(seen['again']).toEqual(['carol', 'carol']);
});

it('calls that its functions make find connections, however small the pool is', async () => {
  await using test = await openLedger();
  const database = { clientUrl: test.database.url, pool: { max: 4 } };
  const small = await openNode(test, 'small', database);
  await createTransfer(test);
  const answers: string[] = [];
  for (const name of ['one', 'two'])
    small.subscriber.start({
      ...everyEvent,
      name,
      types: ['authorization_request.challenged'],
      async handle() {
        const { id } = await createTransfer(
          { ...test, core: small, service: small.context({ kind: 'service' }) },
          { subjectId: name, idempotencyKey: name },
        );
        answers.push(id);
      },
    });
  await until(() => answers.length >= 4);
  await small.close();
});
