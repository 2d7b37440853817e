import { openCore, type Core, type CoreContext, type EventView, type Logger } from '@countersign/core';
import { openTestCore, type TestCore } from '@countersign/core/testing';
import { natsBus } from '@countersign/server';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createNatsServer, startNatsServer, type NatsServer } from './nats-server.ts';

const patience = { timeout: 30_000 };
const subjects = ['ada', 'bob', 'eve', 'grace'];
/** What is written here is much for one subject. */
const limits = {
  sendsPerSubjectDayMax: 100_000,
  sendsPerRecipient10MinutesMax: 100_000,
  sendsPerRecipientDayMax: 100_000,
};

interface Node extends AsyncDisposable {
  readonly core: Core;
  readonly service: CoreContext;
  readonly lines: string[];
}

/** A process of the installation whose streams are fed by NATS. */
async function openNode(test: TestCore, server: NatsServer): Promise<Node> {
  const lines: string[] = [];
  const note = (_: unknown, message: string) => lines.push(message);
  const logger: Logger = { debug() {}, info: note, warn: note, error: note };
  const core = await openCore({
    database: test.database.url,
    secret: test.secret,
    methods: [],
    migrate: false,
    sweep: false,
    logger,
    bus: natsBus({ servers: server.url }),
  });
  return {
    core,
    lines,
    service: core.context({ kind: 'service' }),
    [Symbol.asyncDispose]: () => core.close(),
  };
}

interface Follower {
  readonly subjectId: string | undefined;
  readonly told: EventView[];
}

/** Two streams of everything and two of each subject, on each node. */
async function follow(nodes: readonly Node[]): Promise<Follower[]> {
  const asked = [undefined, undefined, ...subjects, ...subjects];
  return await Promise.all(
    nodes.flatMap(({ core, service }) =>
      asked.map(async (subjectId) => {
        const told: EventView[] = [];
        const stream = await core.event.stream(service, { from: 'start', subjectId });
        const read = async () => {
          for await (const event of stream) told.push(event);
        };
        void read();
        return { subjectId, told };
      }),
    ),
  );
}

/** Requests by several callers at once, until it is told to end. */
function write({ core, service }: TestCore) {
  let isOver = false;
  let written = 0;
  const writing = subjects.map(async (subjectId) => {
    while (!isOver) {
      const { id } = await core.authorizationRequest.create(service, {
        slug: 'transfer',
        subjectId,
        data: { written },
        title: 'Transfer money',
        deliverTo: { channel: 'email', address: `${subjectId}@example.org` },
      });
      await core.authorizationRequest.cancel(service, { id });
      written += 1;
      await sleep(2);
    }
  });
  return {
    get written() {
      return written;
    },
    /** @throws what a call failed by. */
    async end() {
      isOver = true;
      await Promise.all(writing);
    },
  };
}

/** Every stream has told what the database has, each event once, in its order. */
async function expectWhole(test: TestCore, followers: readonly Follower[]): Promise<number> {
  const all: EventView[] = [];
  let after: string | undefined;
  for (;;) {
    const { items, cursor } = await test.events(test.service, { limit: 500, after });
    if (items.length === 0) break;
    all.push(...items);
    after = cursor ?? undefined;
  }
  for (const { subjectId, told } of followers) {
    const wanted = all.filter((event) => subjectId === undefined || event.subjectId === subjectId);
    await expect.poll(() => told.length, patience).toBeGreaterThanOrEqual(wanted.length);
    expect(told.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
    expect(told).toEqual(wanted);
  }
  return all.length;
}

const isHeard = ({ core }: Node) => core.event.reader.bus?.isHeard === true;

describe('streams of two nodes on NATS', () => {
  it('tell every event once, in order, while NATS is killed and comes back under load', async () => {
    await using server = await startNatsServer();
    await using test = await openTestCore({ limits, listen: true });
    await using a = await openNode(test, server);
    await using b = await openNode(test, server);
    const nodes = [a, b];
    const followers = await follow(nodes);
    const writer = write(test);
    for (let times = 0; times < 3; times += 1) {
      await expect.poll(() => nodes.every(isHeard), patience).toBe(true);
      const before = nodes.map(({ core }) => core.event.reader.bus?.told ?? 0);
      // Fed by NATS again, on both.
      await expect
        .poll(
          () => nodes.every(({ core }, n) => (core.event.reader.bus?.told ?? 0) > (before[n] ?? 0)),
          patience,
        )
        .toBe(true);
      await server.kill();
      if (times === 1) server.wipe();
      const { written } = writer;
      await expect.poll(() => writer.written, patience).toBeGreaterThan(written + 10);
      await server.start();
    }
    await expect.poll(() => nodes.every(isHeard), patience).toBe(true);
    await writer.end();
    expect(await expectWhole(test, followers)).toBeGreaterThan(100);
    for (const { core, lines } of nodes) {
      expect(core.event.reader.bus).toMatchObject({ ignored: 0 });
      expect(lines.filter((line) => line.includes('the bus is away')).length).toBeGreaterThanOrEqual(3);
    }
  });

  it('begin without NATS, and are fed by it when it is there', async () => {
    await using server = await createNatsServer();
    await using test = await openTestCore({ limits, listen: true });
    await using a = await openNode(test, server);
    await using b = await openNode(test, server);
    const nodes = [a, b];
    const followers = await follow(nodes);
    const writer = write(test);
    await expect
      .poll(() => Math.min(...followers.map(({ told }) => told.length)), patience)
      .toBeGreaterThan(10);
    expect(nodes.map(isHeard)).toEqual([false, false]);
    await server.start();
    await expect
      .poll(() => nodes.every(({ core }) => (core.event.reader.bus?.told ?? 0) > 20), patience)
      .toBe(true);
    await writer.end();
    await expectWhole(test, followers);
  });

  it('lose nothing by a NATS that stands still and goes on', async () => {
    await using server = await startNatsServer();
    await using test = await openTestCore({ limits, listen: true });
    await using a = await openNode(test, server);
    await using b = await openNode(test, server);
    const followers = await follow([a, b]);
    const writer = write(test);
    await expect.poll(() => a.core.event.reader.bus?.told ?? 0, patience).toBeGreaterThan(10);
    await server.freeze();
    const until = (count: number) =>
      expect
        .poll(() => Math.min(...followers.map(({ told }) => told.length)), patience)
        .toBeGreaterThan(count);
    const least = Math.min(...followers.map(({ told }) => told.length));
    await until(least + 10); // from the database, although nobody has noticed yet
    server.goOn();
    await until(least + 30);
    await writer.end();
    await expectWhole(test, followers);
  });

  it('lose nothing when one node of them is closed, which was the one that told the others', async () => {
    await using server = await startNatsServer();
    await using test = await openTestCore({ limits, listen: true });
    await using b = await openNode(test, server);
    const followers = await follow([b]);
    const writer = write(test);
    for (let times = 0; times < 3; times += 1) {
      const other = await openNode(test, server);
      const before = b.core.event.reader.bus?.told ?? 0;
      await expect.poll(() => b.core.event.reader.bus?.told ?? 0, patience).toBeGreaterThan(before + 10);
      await other[Symbol.asyncDispose]();
    }
    await writer.end();
    await expectWhole(test, followers);
  });
});
