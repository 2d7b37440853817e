import { expect, it } from 'vitest';
import { takeTurn, type Memory } from '../../src/event/subscriber/turn.ts';
import type { Subscription } from '../../src/index.ts';
import { createTestClock, type TestClock, type TestCore } from '../../testing/index.ts';
import { createTransfer } from '../fixtures.ts';
import { compare, enter, everyEvent, openLedger, openNode, until } from './ledger.ts';

const hourMs = 3_600_000;

/** A clock that is so far ahead of the test's, or behind it. */
function apart(test: TestCore, milliseconds: number): TestClock {
  return createTestClock(new Date(test.clock.now().getTime() + milliseconds));
}

/** The first event has failed once, at a node with this clock, which is gone. */
async function failOnceAt(test: TestCore, clock: TestClock): Promise<void> {
  await createTransfer(test);
  const node = await openNode({ ...test, clock }, 'wrong');
  const handle = () => Promise.reject(new Error('what it needs is away'));
  node.subscriber.start({ ...everyEvent, batchSizeMax: 1, attemptsMax: 20, handle });
  await until(
    async () => (await test.core.subscriber.listSubscribers(test.service, {})).items[0]?.failures === 1,
  );
  await node.close();
}

/** A process that looks when it is told to. */
function looker(test: TestCore, clock: TestClock, changes: Partial<Subscription> = {}) {
  const memory: Memory = { oneByOne: 0, passedOver: null, unknownTypes: new Set(), wait: null };
  const subscription = { ...everyEvent, batchSizeMax: 1, attemptsMax: 20, handle: enter, ...changes };
  const services = { ...test.service, clock };
  const world = { services, subscription, node: 'right', signal: new AbortController().signal };
  return () => takeTurn(world, memory);
}

it.each([1, 365 * 24])(
  'goes on at nodes with right clocks after a failure at one whose clock was %i hours ahead, when the wait is over and not before',
  async (hours) => {
    await using test = await openLedger();
    await failOnceAt(test, apart(test, hours * hourMs));
    const look = looker(test, test.clock);
    expect(await look()).toBe('later');
    test.clock.advance(0.999);
    expect(await look()).toBe('later');
    test.clock.advance(0.001);
    expect(await look()).toBe('again');
    expect((await compare(test)).ledger).toHaveLength(1);
  },
);

it('waits by the clock of a node that is behind as long as by any other: nothing is tried early', async () => {
  await using test = await openLedger();
  await failOnceAt(test, test.clock);
  const behind = apart(test, -hourMs);
  const look = looker(test, behind);
  for (const seconds of [0, 0.5, 0.499]) {
    behind.advance(seconds);
    expect(await look()).toBe('later');
  }
  behind.advance(0.001);
  expect(await look()).toBe('again');
});

it('of which the clock is set back while it waits begins to wait anew, and no longer', async () => {
  await using test = await openLedger();
  const clock = apart(test, hourMs);
  await failOnceAt(test, clock);
  const look = looker(test, clock);
  expect(await look()).toBe('later');
  clock.advance({ hours: -1 });
  expect(await look()).toBe('later');
  clock.advance(1);
  expect(await look()).toBe('again');
});

it('that fails again where clocks are right waits twice as long, as after any second failure', async () => {
  await using test = await openLedger();
  await failOnceAt(test, apart(test, hourMs));
  let tries = 0;
  const handle = async () => {
    tries += 1;
    throw new Error('still away');
  };
  const look = looker(test, test.clock, { handle });
  await look();
  test.clock.advance(1);
  expect(await look()).toBe('failed');
  test.clock.advance(1.999);
  expect(await look()).toBe('later');
  test.clock.advance(0.001);
  expect(await look()).toBe('failed');
  expect(tries).toBe(2);
});
