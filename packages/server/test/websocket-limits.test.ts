import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { holderOf } from '../src/caller/holder-of.ts';
import { streamLimits } from '../src/stream/limits.ts';
import { gateOf, type GatedSocket } from '../src/websocket/gate.ts';
import { socketLimits } from '../src/websocket/limits.ts';
import { createMessageBudget } from '../src/websocket/message-budget.ts';
import { openSocket, reasonOf, type TestSocket } from './support/socket.ts';
import { untilStill } from './support/until-still.ts';
import { as, startStreamServer, type StreamServer } from './support/stream-server.ts';

const open = ({ port }: StreamServer, name = 'ada', options: { autoPong?: boolean } = {}) =>
  openSocket(port, { params: as(name), ...options });

/** Resolves when everything sent before has been answered. */
const settled = async (socket: TestSocket) => void (await socket.call('query', 'hello'));

describe('a message', () => {
  it('of more than 64 KiB ends the connection', async () => {
    await using server = await startStreamServer();
    using socket = await open(server, 'service');
    socket.send(`"${'x'.repeat(64 * 1024 - 2)}"`);
    expect(reasonOf(await socket.answer(({ id }) => id === null))).toBe('invalid_input');
    socket.send(`"${'x'.repeat(64 * 1024 - 1)}"`);
    expect(await socket.closed).toBe(1009);
  });

  it('cut into more than 64 KiB of pieces ends the connection, and so do countless empty pieces', async () => {
    await using server = await startStreamServer();
    using large = await open(server, 'service');
    for (let piece = 0; piece < 70; piece += 1) large.raw.send('x'.repeat(1024), { fin: false });
    expect(await large.closed).toBe(1009);
    using empty = await open(server, 'service');
    for (let piece = 0; piece < 200; piece += 1) empty.raw.send('', { fin: false });
    expect(await empty.closed).toBe(1008);
  });

  it('that is the 601st of a subject in a minute is refused; one that goes on is closed', async () => {
    await using server = await startStreamServer();
    using socket = await open(server);
    for (let id = 0; id < 600; id += 1) socket.send({ id, method: 'query', params: { path: 'hello' } });
    await socket.answer(({ id }) => id === 599);
    expect(socket.answers.every(({ error }) => error === undefined)).toBe(true);
    socket.send({ id: 'over', method: 'query', params: { path: 'hello' } });
    expect(reasonOf(await socket.answer(({ id }) => id === 'over'))).toBe('rate_limited');
    for (let id = 0; id < 30; id += 1) socket.send({ id, method: 'query', params: { path: 'hello' } });
    expect(await socket.closed).toBe(1008);
  });

  it('that comes after the connection was closed for it is not carried out', async () => {
    await using server = await startStreamServer();
    using socket = await open(server);
    const rubbish = Array.from({ length: 9 }, () => ({}));
    for (let frame = 0; frame < 3; frame += 1) socket.send(rubbish);
    socket.send({ id: 'late', method: 'mutation', params: { path: 'hold' } });
    expect(await socket.closed).toBe(1008);
    expect(server.held()).toBe(0);
  });

  it('counts in a batch, as a ping, and as rubbish', async () => {
    await using server = await startStreamServer();
    const batch = (from: number) =>
      Array.from({ length: 10 }, (_, id) => ({ id: from + id, method: 'query', params: { path: 'hello' } }));
    for (const send of [
      (socket: TestSocket) => socket.send(batch(socket.answers.length)),
      (socket: TestSocket) => socket.send('PING'),
      (socket: TestSocket) => socket.raw.ping(),
      (socket: TestSocket) => socket.send('{'),
      (socket: TestSocket) => socket.send(Buffer.from('x').toString()),
    ]) {
      using socket = await open(server);
      const floods = setInterval(() => {
        for (let time = 0; time < 50 && socket.raw.readyState === 1; time += 1) send(socket);
      }, 1);
      // 1006 when the reason is not read in time: it stands behind a thousand answers.
      expect([1008, 1006]).toContain(await socket.closed);
      clearInterval(floods);
    }
  });

  it('of the service is not counted', async () => {
    await using server = await startStreamServer();
    using socket = await open(server, 'service');
    for (let id = 0; id < 2000; id += 1) socket.send({ id, method: 'query', params: { path: 'hello' } });
    await socket.answer(({ id }) => id === 1999);
    expect(socket.answers.every(({ error }) => error === undefined)).toBe(true);
  });

  it('is one of 600 in any sixty seconds, wherever they begin', () => {
    const budget = createMessageBudget(600);
    const taken: number[] = [];
    for (let nowMs = 1_234_567; nowMs < 1_234_567 + 300_000; nowMs += 37) {
      if (budget.take(nowMs)) taken.push(nowMs);
    }
    for (const [index, at] of taken.entries()) {
      const within = taken.slice(index).filter((other) => other < at + 60_000).length;
      expect(within).toBeLessThanOrEqual(600);
    }
    expect(taken.length).toBeGreaterThan(5 * 600 - 60);
  });
});

describe('a connection without a credential', () => {
  it('is answered, and closed after a few messages', async () => {
    await using server = await startStreamServer();
    using socket = await openSocket(server.port);
    expect(reasonOf(await socket.call('query', 'hello'))).toBe('unauthenticated');
    for (let call = 0; call < socketLimits.refusalsMax; call += 1)
      socket.send({ id: call + 100, method: 'query', params: { path: 'hello' } });
    expect(await socket.closed).toBe(1008);
  });

  it.each([
    ['never says who it is', '/trpc?connectionParams=1'],
    ['has nothing to say', '/trpc'],
  ])('is closed when it %s', async (_name, path) => {
    await using server = await startStreamServer({ limits: { introductionMilliseconds: 100 } });
    using socket = await openSocket(server.port, { path });
    expect(await socket.closed).toBe(1008);
    using known = await open(server);
    await sleep(200); // longer than strangers have
    expect((await known.call('query', 'hello')).result).toBeDefined();
  });
});

describe('a subject', () => {
  it('has ten streams, over all its connections and ways, and no other subject is touched', async () => {
    await using server = await startStreamServer();
    using first = await open(server);
    using second = await open(server);
    for (let stream = 0; stream < 5; stream += 1) {
      expect((await first.subscribe('idle')).result?.type).toBe('started');
      expect((await second.subscribe('idle')).result?.type).toBe('started');
    }
    expect(reasonOf(await first.subscribe('idle'))).toBe('rate_limited');
    expect(reasonOf(await second.subscribe('idle'))).toBe('rate_limited');
    const bySse = await fetch(`${server.url}/trpc/idle`, { headers: as('ada') });
    expect(await bySse.text()).toContain('"reason":"rate_limited"');
    const device = server.server.cs.context({ kind: 'device', subjectId: 'ada', factorId: 'phone' });
    const { caller, streams } = device.countersign;
    expect(streams.ofSubject.take(holderOf(caller) ?? '')).toBeNull();
    using other = await open(server, 'bob');
    expect((await other.subscribe('idle')).result?.type).toBe('started');
    expect((await first.call('query', 'hello')).result).toBeDefined();
  });

  it.each<[string, (socket: TestSocket, id: string) => Promise<unknown>]>([
    [
      'it is stopped',
      async (socket, id) => {
        await socket.subscribe('idle', undefined, id);
        socket.send({ id, method: 'subscription.stop' });
        await socket.answer((one) => one.id === id && one.result?.type === 'stopped');
      },
    ],
    [
      'it ends by itself',
      async (socket, id) => {
        await socket.subscribe('brief', undefined, id);
        await socket.answer((one) => one.id === id && one.result?.type === 'stopped');
      },
    ],
    [
      'it fails',
      async (socket, id) => {
        await socket.subscribe('failing', undefined, id);
        await socket.answer((one) => one.id === id && one.error !== undefined);
      },
    ],
    ['it cannot begin', (socket, id) => socket.subscribe('refused', undefined, id)],
    [
      'it is stopped before it began',
      async (socket, id) => {
        socket.send([
          { id, method: 'subscription', params: { path: 'idle' } },
          { id, method: 'subscription.stop' },
        ]);
        await socket.answer((one) => one.id === id && one.result?.type === 'stopped');
      },
    ],
  ])('has the place of a stream back when %s', async (_name, end) => {
    await using server = await startStreamServer();
    using socket = await open(server);
    for (let stream = 0; stream < 25; stream += 1) await end(socket, `stream-${stream}`);
    for (let stream = 0; stream < 10; stream += 1)
      expect((await socket.subscribe('idle')).result?.type).toBe('started');
    expect(server.running()).toBe(10);
  });

  it('has all places back when the connection is gone, however it goes', async () => {
    await using server = await startStreamServer();
    for (const end of [
      (socket: TestSocket) => socket.raw.close(),
      (socket: TestSocket) => socket.raw.terminate(),
      (socket: TestSocket) => socket.raw.send('x', { mask: false }),
    ]) {
      using socket = await open(server);
      for (let stream = 0; stream < 10; stream += 1)
        expect((await socket.subscribe('idle')).result?.type).toBe('started');
      end(socket);
      await socket.closed;
      await expect.poll(server.running).toBe(0);
    }
  });

  it('has a bounded number of connections', async () => {
    await using server = await startStreamServer({ connectionsPerSubjectMax: 2 });
    using first = await open(server);
    using second = await open(server);
    await Promise.all([settled(first), settled(second)]);
    using third = await open(server);
    expect(reasonOf(await third.answer(({ id }) => id === null))).toBe('rate_limited');
    await third.closed;
    using other = await open(server, 'bob');
    await settled(other);
    first.raw.close();
    await first.closed;
    using again = await open(server);
    await settled(again);
  });
});

describe('a connection', () => {
  it('carries a hundred streams, a service too', async () => {
    await using server = await startStreamServer();
    using socket = await open(server, 'service');
    for (let stream = 0; stream < streamLimits.perConnectionMax; stream += 1)
      expect((await socket.subscribe('idle')).result?.type).toBe('started');
    expect(reasonOf(await socket.subscribe('idle'))).toBe('rate_limited');
    using another = await open(server, 'service');
    expect((await another.subscribe('idle')).result?.type).toBe('started');
  });

  it('resumes a hundred streams in one message of 64 KiB', () => {
    const id = `evt_${'z'.repeat(60)}`;
    const resumed = Array.from({ length: streamLimits.perConnectionMax }, (_, index) => ({
      id: 1_000_000 + index,
      method: 'subscription',
      params: {
        path: 'countersign.authorizationRequest.watch',
        input: { json: { id: `areq_${'z'.repeat(26)}`, lastEventId: id } },
        lastEventId: id,
      },
    }));
    expect(JSON.stringify(resumed).length).toBeLessThan(socketLimits.messageBytesMax);
  });

  it('has a bounded number of calls in progress; what comes then waits unread', async () => {
    await using server = await startStreamServer({ limits: { callsAtOnceMax: 3 } });
    using socket = await open(server, 'service');
    const answers: Promise<unknown>[] = [];
    for (let call = 0; call < 6; call += 1) {
      answers.push(socket.call('mutation', 'hold'));
      if (call < 3) await expect.poll(server.held).toBe(call + 1);
    }
    await sleep(100); // what was sent would be in progress long since
    expect(server.held()).toBe(3);
    server.release();
    await expect.poll(server.held).toBe(3);
    server.release();
    await Promise.all(answers);
  });

  it.each([
    ['service', 2000],
    ['ada', 590],
  ])('has as few in progress when those of %s arrive in one piece', async (name, calls) => {
    await using server = await startStreamServer();
    using socket = await open(server, name);
    const frames = Array.from({ length: calls }, (_, id) => ({
      id,
      method: 'mutation',
      params: { path: 'hold' },
    }));
    for (const frame of frames) socket.send(frame);
    for (let answered = 0; answered < calls; answered = socket.answers.length) {
      await sleep(5);
      expect(server.held()).toBeLessThanOrEqual(socketLimits.callsAtOnceMax);
      server.release();
    }
    expect(new Set(socket.answers.map(({ id }) => id)).size).toBe(calls);
  });

  it('counts a call until it is answered, whatever else goes under its id', async () => {
    await using server = await startStreamServer({ limits: { callsAtOnceMax: 2 } });
    using socket = await open(server, 'service');
    const hold = { id: 1, method: 'mutation', params: { path: 'hold' } };
    socket.send(hold);
    socket.send({ id: 1, method: 'subscription', params: { path: 'nothing' } });
    socket.send(hold);
    await expect.poll(() => socket.answers.map(reasonOf)).toEqual(['invalid_input', 'invalid_input']);
    await socket.subscribe('idle', undefined, 2);
    socket.send({ ...hold, id: 2 });
    await expect.poll(() => socket.answers.filter(({ error }) => error !== undefined)).toHaveLength(3);
    expect(server.held()).toBe(1);
    socket.send({ id: 2, method: 'subscription.stop' });
    await socket.answer(({ id, result }) => id === 2 && result?.type === 'stopped');
    socket.send({ ...hold, id: 2 });
    await expect.poll(server.held).toBe(2);
  });

  it('is not taken for dead while its pong stands behind calls that wait', async () => {
    await using server = await startStreamServer({ limits: { callsAtOnceMax: 5, pingMilliseconds: 150 } });
    using socket = await open(server, 'service');
    const pad = 'x'.repeat(20_000);
    for (let id = 0; id < 200; id += 1)
      socket.send({ id, method: 'mutation', params: { path: 'hold', input: { json: { pad } } } });
    for (let answered = 0; answered < 200; answered = socket.answers.length) {
      expect(socket.raw.readyState).toBe(socket.raw.OPEN);
      await sleep(20);
      server.release();
    }
  });

  it('that answers no ping is ended', async () => {
    await using server = await startStreamServer({ limits: { pingMilliseconds: 100 } });
    using silent = await open(server, 'ada', { autoPong: false });
    using alive = await open(server);
    await alive.subscribe('idle');
    expect(await silent.closed).toBe(1006);
    await sleep(300); // three pings more
    expect((await alive.call('query', 'hello')).result).toBeDefined();
  });

  it('that does not read holds its streams up, in little memory', async () => {
    await using server = await startStreamServer();
    using socket = await open(server);
    socket.raw.pause();
    for (let stream = 0; stream < 10; stream += 1)
      socket.send({ id: stream, method: 'subscription', params: { path: 'flood' } });
    const stopped = await untilStill(server.handedOut);
    expect(server.handedOut()).toBe(stopped);
    socket.raw.resume();
    await expect.poll(server.handedOut, { timeout: 10_000 }).toBeGreaterThan(stopped + 100);
  });

  it('that does not read is cut when a megabyte waits for it', async () => {
    await using server = await startStreamServer();
    using socket = await open(server);
    socket.raw.pause();
    socket.send({ id: 1, method: 'subscription', params: { path: 'ungated' } });
    await expect.poll(server.handedOut, { timeout: 10_000 }).toBeGreaterThan(100);
    await expect.poll(server.running, { timeout: 10_000 }).toBe(0);
  });

  it('gets an answer of a megabyte', async () => {
    await using server = await startStreamServer();
    using socket = await open(server);
    const { result } = await socket.call('query', 'large');
    expect(String(result?.data?.json)).toHaveLength(1_000_000);
    await settled(socket);
  });
});

describe('the gate of a connection', () => {
  const never = new AbortController().signal;

  it('lets streams pass a few at a time, in the order in which they came', async () => {
    const socket = { readyState: 1, bufferedAmount: 0 };
    const gate = gateOf(socket);
    const passed: number[] = [];
    const all = Array.from({ length: 1000 }, async (_, stream) => {
      await gate.ready(never);
      passed.push(stream);
      socket.bufferedAmount += 10_000;
      setTimeout(() => (socket.bufferedAmount -= 10_000), 1);
      expect(socket.bufferedAmount).toBeLessThan(200_000);
    });
    await Promise.all(all);
    expect(passed).toEqual(Array.from({ length: 1000 }, (_, stream) => stream));
  });

  it('is one for all streams of a socket', () => {
    const socket: GatedSocket = { readyState: 1, bufferedAmount: 0 };
    expect(gateOf(socket)).toBe(gateOf(socket));
    expect(gateOf({ readyState: 1, bufferedAmount: 0 })).not.toBe(gateOf(socket));
  });

  it('refuses those who wait when the connection closes, and who is called off', async () => {
    const socket = { readyState: 1, bufferedAmount: 1_000_000 };
    const gate = gateOf(socket);
    const called = new AbortController();
    const calledOff = gate.ready(called.signal);
    const waiting = gate.ready(never);
    called.abort();
    await expect(calledOff).rejects.toThrow('closed');
    socket.readyState = 3;
    await expect(waiting).rejects.toThrow('closed');
    await expect(gate.ready(never)).rejects.toThrow('closed');
    await expect(gateOf({ readyState: 1, bufferedAmount: 0 }).ready(called.signal)).rejects.toThrow('closed');
  });
});
