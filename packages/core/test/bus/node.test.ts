import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openCore } from '../../src/core.ts';
import {
  silentLogger,
  type BusMessage,
  type CoreOptions,
  type EventBus,
  type Logger,
} from '../../src/index.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer } from '../fixtures.ts';
import { readOn } from '../stream/read-on.ts';
import { createMemoryBus, type MemoryBus } from './memory-bus.ts';

const patience = { timeout: 10_000 };

/** Another process on the same database, on a bus. */
async function openNode(test: TestCore, bus: EventBus, options: Partial<CoreOptions> = {}) {
  const core = await openCore({
    database: test.database.url,
    secret: test.secret,
    methods: [],
    migrate: false,
    sweep: false,
    bus,
    ...options,
  });
  return {
    ...core.event,
    service: core.context({ kind: 'service' }),
    [Symbol.asyncDispose]: () => core.close(),
  };
}

/** The relay of one of the nodes has begun: from now on everything is published. */
async function untilRelayed(test: TestCore, bus: MemoryBus): Promise<void> {
  let n = 0;
  await expect
    .poll(async () => {
      await createTransfer(test, { subjectId: `earlier${(n += 1)}` });
      return bus.published.length;
    }, patience)
    .toBeGreaterThan(0);
}

async function createMany(test: TestCore, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await createTransfer(test, { subjectId: `s${n % 7}`, data: n });
}

describe('nodes with a bus', () => {
  it('tell their streams every event once, in order, most of them from the bus', async () => {
    await using test = await openTestCore();
    const bus = createMemoryBus();
    await using a = await openNode(test, bus);
    await using b = await openNode(test, bus);
    await untilRelayed(test, bus);
    const { cursor } = await test.events(test.service, { limit: 500 });
    const after = { lastEventId: cursor ?? undefined };
    const streams = await Promise.all(
      [a, b].flatMap((node) =>
        [undefined, 's1', 's2'].map(async (subjectId) => ({
          subjectId,
          reading: readOn(await node.stream(node.service, { ...after, subjectId })),
        })),
      ),
    );
    const before = a.reader.bus?.told ?? 0;
    await createMany(test, 60);
    for (const { subjectId, reading } of streams) {
      const { items } = await test.events(test.service, { after: cursor ?? '', subjectId, limit: 500 });
      expect(items.length).toBeGreaterThan(15);
      await expect.poll(() => reading.told.length, patience).toBe(items.length);
      expect(reading.told).toEqual(items);
    }
    expect((a.reader.bus?.told ?? 0) - before).toBeGreaterThan(60);
  });

  it('publish the log without a hole: each message names the one before', async () => {
    await using test = await openTestCore();
    const bus = createMemoryBus();
    await using node = await openNode(test, bus);
    await untilRelayed(test, bus);
    const ids = () => bus.published.map(({ id }) => id);
    await createMany(test, 20);
    const { items } = await test.events(test.service, { limit: 500 });
    await expect.poll(() => ids().at(-1), patience).toBe(items.at(-1)?.id);
    expect(bus.published.slice(1).map(({ after }) => after)).toEqual(ids().slice(0, -1));
    expect(node.reader.bus).toMatchObject({ isHeard: true, ignored: 0 });
  });

  it('ask the database for what the bus has lost and nothing came after', async () => {
    await using test = await openTestCore();
    await using node = await openNode(test, createMemoryBus({ holdsBack: true }));
    const stream = readOn(await node.stream(node.service, {}));
    await createTransfer(test);
    await expect.poll(() => stream.told.length, patience).toBe(2);
    expect(node.reader.bus).toMatchObject({ isHeard: true, told: 0 });
  });

  it('take nothing twice from a bus that repeats, turns round and leaves out', async () => {
    await using test = await openTestCore();
    const bus = createMemoryBus({ holdsBack: true });
    await using node = await openNode(test, bus);
    await untilRelayed(test, bus);
    const stream = readOn(await node.stream(node.service, { from: 'start' }));
    await createMany(test, 10);
    const { items } = await test.events(test.service, { limit: 500 });
    await expect.poll(() => bus.published.at(-1)?.id, patience).toBe(items.at(-1)?.id);
    bus.deliver(bus.published.toReversed());
    bus.deliver(bus.published.filter((_, n) => n % 3 > 0));
    bus.deliver(bus.published);
    await createTransfer(test, { subjectId: 'last' });
    await expect.poll(() => stream.told.length, patience).toBe(items.length + 2);
    expect(stream.told).toEqual((await test.events(test.service, { limit: 500 })).items);
  });

  it('say when it goes and comes, and lose nothing by it', async () => {
    await using test = await openTestCore();
    const bus = createMemoryBus();
    const [warnings, news]: [string[], string[]] = [[], []];
    const logger: Logger = {
      ...silentLogger,
      warn: ({ cause }, message) =>
        warnings.push(cause instanceof Error ? `${message}: ${cause.message}` : message),
      info: (_, message) => news.push(message),
    };
    await using node = await openNode(test, bus, { logger });
    await untilRelayed(test, bus);
    const stream = readOn(await node.stream(node.service, { from: 'start' }));
    bus.comeBack();
    for (let times = 0; times < 3; times += 1) {
      bus.leave();
      expect(node.reader.bus?.isHeard).toBe(false);
      await createMany(test, 3);
      bus.comeBack();
      await createMany(test, 3);
    }
    const { items } = await test.events(test.service, { limit: 500 });
    await expect.poll(() => stream.told.length, patience).toBe(items.length);
    expect(stream.told).toEqual(items);
    const fed = (lines: readonly string[]) => lines.filter((line) => line.includes('streams are fed'));
    // Its first coming is news; that it is over is said to whoever was warned.
    const wentAndCame = [
      'the bus is away; streams are fed from the database: pulled out',
      'streams are fed from the bus',
    ];
    expect(fed(warnings)).toEqual([...wentAndCame, ...wentAndCame, ...wentAndCame]);
    expect(fed(news)).toEqual(['streams are fed from the bus']);
  });

  it('tell what comes after an event that the bus refuses for ever, and that one from the database', async () => {
    await using test = await openTestCore();
    const bus = createMemoryBus();
    const refusing = Object.create(bus, {
      publish: {
        async value(messages: readonly BusMessage[]) {
          if (messages.some(({ row }) => row.length > 8192)) throw new Error('larger than it takes');
          await bus.publish(messages);
        },
      },
    }) as EventBus;
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };
    await using node = await openNode(test, refusing, { logger });
    await untilRelayed(test, bus);
    const stream = readOn(await node.stream(node.service, { from: 'start' }));
    await createTransfer(test, { subjectId: 'large', context: { text: 'y'.repeat(7000) } });
    await createTransfer(test, { subjectId: 'last' });
    const { items } = await test.events(test.service, { limit: 500 });
    await expect.poll(() => bus.published.at(-1)?.id, { timeout: 25_000 }).toBe(items.at(-1)?.id);
    await expect.poll(() => stream.told.length, patience).toBe(items.length);
    expect(stream.told).toEqual(items);
    expect(warnings.filter((line) => line.startsWith('the bus refuses an event'))).not.toEqual([]);
  });

  it('hear no other installation on the same bus, and say so once', async () => {
    await using test = await openTestCore();
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };
    const bus = createMemoryBus();
    await using node = await openNode(test, bus, { logger });
    await using other = await openTestCore();
    const strangeBus = createMemoryBus();
    await using _ = await openNode(other, strangeBus);
    await untilRelayed(other, strangeBus);
    const stream = readOn(await node.stream(node.service, {}));
    const strange = strangeBus.published[0] as BusMessage;
    // Told as if it came next: at whatever place this node is, and right behind.
    const next = { ...strange, after: `evt_${'0'.repeat(52)}`, id: `evt_${'0'.repeat(5)}z${'0'.repeat(46)}` };
    for (let times = 0; times < 3; times += 1) bus.deliver([next, { id: 'evt_', after: '', row: '' }]);
    await createTransfer(test);
    await expect.poll(() => stream.told.length, patience).toBe(2);
    expect(stream.told.map(({ subjectId }) => subjectId)).toEqual(['ada', 'ada']);
    expect(node.reader.bus).toMatchObject({ ignored: 6 });
    expect(warnings.filter((line) => line.includes('another installation'))).toHaveLength(1);
  });

  it('lose nothing while the secret is changed and not all of them know the new one', async () => {
    await using test = await openTestCore();
    const bus = createMemoryBus();
    const active = randomBytes(32).toString('base64');
    await using rotated = await openNode(test, bus, { secret: { active, previous: [test.secret] } });
    await untilRelayed(test, bus);
    // What one seals the other cannot open; what that one seals, both can.
    await using old = await openNode(test, bus);
    const streams = await Promise.all(
      [rotated, old].map(async (node) => readOn(await node.stream(node.service, { from: 'start' }))),
    );
    await createMany(test, 10);
    const { items } = await test.events(test.service, { limit: 500 });
    for (const { told } of streams) {
      await expect.poll(() => told.length, patience).toBe(items.length);
      expect(told).toEqual(items);
    }
  });

  it.each([
    ['is never there', { listen: () => new Promise<never>(() => undefined) }],
    ['refuses', { listen: () => Promise.reject(new Error('no')) }],
    ['fails when it is left', { listen: () => Promise.resolve(() => Promise.reject(new Error('no'))) }],
    ['does not let go', { listen: () => Promise.resolve(() => new Promise<never>(() => undefined)) }],
  ])('start, tell and stop with a bus that %s', async (_, part) => {
    await using test = await openTestCore();
    const bus: EventBus = {
      isConnected: true,
      publish: () => Promise.reject(new Error('no')),
      close: () => Promise.reject(new Error('no')),
      ...part,
    };
    await using node = await openNode(test, bus);
    const stream = readOn(await node.stream(node.service, {}));
    await createTransfer(test);
    await expect.poll(() => stream.told.length, patience).toBe(2);
  });
});
