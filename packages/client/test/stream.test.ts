import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { createCountersign, otp } from '@countersign/server';
import { describe, expect, it } from 'vitest';
import { createCountersignClient, type ConnectionState, type FetchFunction } from '../src/index.ts';
import { openBank, quickly, type Bank } from './support/bank.ts';
import { collect } from './support/collect.ts';
import { openFaultyNetwork } from './support/faulty-network.ts';
import { startSmallServer } from './support/small-server.ts';
import { allEvents, startWriting } from './support/write-events.ts';

const idle = { idleMilliseconds: 20 };

describe.each(['websocket', 'sse'] as const)('a stream over %s', (transport) => {
  it('ends quietly when its signal is given, and its connection with it', async () => {
    await using bank = await openBank({ transport, timing: idle });
    const leaving = new AbortController();
    const { items, ended } = collect(bank.client.event.stream({ from: 'start' }, { signal: leaving.signal }));
    await writeOne(bank);
    await expect.poll(() => items.length).toBeGreaterThan(1);
    leaving.abort();
    await ended;
    await expect.poll(() => bank.network.open).toBe(0);
  });

  it('ends at once when its iterator is returned, also while it waits for an event', async () => {
    await using bank = await openBank({ transport, timing: idle });
    const iterator = bank.client.event.stream({ from: 'start' })[Symbol.asyncIterator]();
    const next = iterator.next();
    await expect.poll(() => bank.network.open).toBeGreaterThan(0);
    await iterator.return?.();
    expect(await next).toEqual({ done: true, value: undefined });
    await expect.poll(() => bank.network.open).toBe(0);
  });

  it('throws what repeating would not change, with its reason', async () => {
    await using bank = await openBank({ transport });
    const stranger = bank.connect({ token: `csk_${'x'.repeat(43)}` });
    await expect(collect(stranger.event.stream()).ended).rejects.toMatchObject({
      name: 'CountersignError',
      reason: 'unauthenticated',
    });
    const wrong = bank.client.event.stream({ lastEventId: 'nonsense' });
    await expect(collect(wrong).ended).rejects.toMatchObject({ reason: 'invalid_input' });
    const unknown = bank.client.authorizationRequest.watch({ id: 'areq_unknown' });
    await expect(collect(unknown).ended).rejects.toMatchObject({ reason: 'not_found', httpStatus: 404 });
  });

  it('passes on what the token function throws', async () => {
    await using bank = await openBank({ transport });
    const client = bank.connect({
      token: () => {
        throw new RangeError('signed out');
      },
    });
    await expect(collect(client.event.stream()).ended).rejects.toThrow(new RangeError('signed out'));
    await expect(client.authorizationRequest.list()).rejects.toThrow(new RangeError('signed out'));
  });

  it('leaves nothing out and holds little when its consumer is slow', async () => {
    await using bank = await openBank({ transport, bufferedEventsMax: 5 });
    const writer = startWriting(bank);
    const taken: string[] = [];
    const stream = bank.client.event.stream({ from: 'start' })[Symbol.asyncIterator]();
    for (let turn = 0; turn < 40; turn += 1) {
      const { value } = (await stream.next()) as { value: { id: string } };
      taken.push(value.id);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const written = await writer.stop();
    expect(written.length).toBeGreaterThan(60);
    while (taken.at(-1) !== written.at(-1))
      taken.push(((await stream.next()) as { value: { id: string } }).value.id);
    expect(taken).toEqual(written);
    await stream.return?.();
  });

  it('tells the server which of several was left', async () => {
    await using server = await startSmallServer();
    server.accepted.add('monday');
    await using client = createCountersignClient({ url: server.url, token: 'monday', transport });
    const leaving = new AbortController();
    collect(client.event.stream({}, { signal: leaving.signal }));
    collect(client.event.stream());
    await expect.poll(() => server.running).toBe(2);
    leaving.abort();
    await expect.poll(() => server.running).toBe(1);
  });

  it('that begins now misses nothing when it is cut before its first event', async () => {
    await using bank = await openBank({ transport });
    await writeOne(bank);
    const before = await allEvents(bank.server);
    const { items } = collect(bank.client.event.stream());
    await expect.poll(() => bank.network.seen.upgrades + bank.network.seen.others).toBe(2);
    bank.network.mode = 'away';
    bank.network.cut();
    await writeOne(bank);
    bank.network.mode = 'through';
    const written = (await allEvents(bank.server)).slice(before.length);
    await expect.poll(() => items.map(({ id }) => id)).toEqual(written);
  });

  it('says when its connection is lost and when it is back', async () => {
    const states: ConnectionState[] = [];
    await using bank = await openBank({ transport, onConnection: (state) => void states.push(state) });
    collect(bank.client.event.stream({ from: 'start' }));
    await expect.poll(() => states).toEqual(['connected']);
    bank.network.mode = 'away';
    bank.network.cut();
    await expect.poll(() => bank.network.refused).toBeGreaterThan(1);
    bank.network.mode = 'through';
    await expect.poll(() => states).toEqual(['connected', 'reconnecting', 'connected']);
  });

  it('goes on when its server ends it, since nothing said that it was over', async () => {
    await using server = await startSmallServer();
    server.accepted.add('monday');
    await using client = createCountersignClient({
      url: server.url,
      token: 'monday',
      transport,
      reconnect: quickly,
    });
    const { items } = collect(client.event.stream());
    for (const count of [1, 2, 3]) {
      await expect
        .poll(() => {
          if (items.length < count) server.tell();
          return items.length;
        })
        .toBeGreaterThanOrEqual(count);
      server.endStreams();
    }
    const numbers = items.map(({ id }) => Number(id.replace('evt_', '')));
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
  });

  it('goes on after the network was away for a while', async () => {
    await using bank = await openBank({ transport });
    const { items } = collect(bank.client.event.stream({ from: 'start' }));
    await writeOne(bank);
    await expect.poll(() => items.length).toBeGreaterThan(1);
    bank.network.mode = 'away';
    bank.network.cut();
    await writeOne(bank);
    const { upgrades, others } = bank.network.seen;
    bank.network.mode = 'through';
    const written = await allEvents(bank.server);
    await expect.poll(() => items.map(({ id }) => id)).toEqual(written);
    expect(bank.network.seen.upgrades + bank.network.seen.others).toBeGreaterThan(upgrades + others);
  });
});

it('begins anew when nothing more is heard of a half-open connection', async () => {
  const timing = { silenceMilliseconds: 100, answerMilliseconds: 100 };
  await using bank = await openBank({ transport: 'websocket', timing });
  const { items } = collect(bank.client.event.stream({ from: 'start' }));
  await writeOne(bank);
  await expect.poll(() => items.length).toBeGreaterThan(1);
  bank.network.freeze();
  await writeOne(bank);
  const written = await allEvents(bank.server);
  await expect.poll(() => items.map(({ id }) => id)).toEqual(written);
  expect(bank.network.seen.upgrades).toBe(2);
});

it('begins anew when nothing more is heard of a streamed answer', async () => {
  await using server = await startSmallServer();
  server.accepted.add('monday');
  await using network = await openFaultyNetwork(Number(new URL(server.url).port));
  await using client = createCountersignClient({
    url: network.url,
    token: 'monday',
    transport: 'sse',
    reconnect: quickly,
  });
  const { items } = collect(client.event.stream({ from: 'start' }));
  await expect
    .poll(() => {
      server.tell();
      return items.length;
    })
    .toBe(1);
  network.freeze();
  const before = items.length;
  await expect
    .poll(() => {
      server.tell();
      return items.length;
    })
    .toBeGreaterThan(before + 3);
  expect(network.seen.others).toBe(2);
});

it('begins anew when a streamed answer never says its first word', async () => {
  let asked = 0;
  const fetch: FetchFunction = async (_, init) => {
    asked += 1;
    const body = new ReadableStream({
      start: (controller) =>
        init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted'))),
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
  await using client = createCountersignClient({
    url: 'http://localhost/trpc',
    transport: 'sse',
    fetch,
    timing: { openMilliseconds: 50 },
    reconnect: quickly,
  });
  collect(client.event.stream({ from: 'start' }));
  await expect.poll(() => asked).toBeGreaterThan(2);
});

it('shares one WebSocket between all streams of a client', async () => {
  await using bank = await openBank();
  const streams = [1, 2, 3, 4].map(() => collect(bank.client.event.stream({ from: 'start' })));
  await writeOne(bank);
  for (const { items } of streams) await expect.poll(() => items.length).toBeGreaterThan(1);
  expect(bank.network.seen.upgrades).toBe(1);
});

it('opens no connection before a stream is read', async () => {
  await using bank = await openBank();
  bank.client.event.stream();
  await bank.client.authorizationRequest.list();
  expect(bank.network.seen.upgrades).toBe(0);
});

it(
  'moves to another server when the one it has stops, without losing or repeating an event',
  { timeout: 30_000 },
  async () => {
    await using bank = await openBank({ transport: 'websocket', timing: { moveMilliseconds: 50 } });
    await using second = await openSecondServer(bank);
    const writer = startWriting(bank);
    const { items } = collect(bank.client.event.stream({ from: 'start' }));
    await expect.poll(() => items.length).toBeGreaterThan(0);
    bank.network.target = second.port;
    await bank.server.cs.drain();
    const written = await writer.stop();
    await expect.poll(() => items.map(({ id }) => id), { timeout: 10_000 }).toEqual(written);
    expect(bank.network.seen.upgrades).toBe(2);
  },
);

/** Another node of the same installation: the same database, its own port, WebSockets only. */
async function openSecondServer({ server }: Bank): Promise<AsyncDisposable & { readonly port: number }> {
  const cs = await createCountersign({
    issuer: 'Test Bank',
    audience: 'bank.test',
    secret: randomBytes(32).toString('base64'),
    methods: [otp({ send: server.inbox.send })],
    operations: {},
    serviceKey: server.serviceKey,
    migrate: false,
    sweep: false,
    database: server.database.url,
  });
  const http = createServer();
  cs.attachWebSocket(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: (http.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await cs.drain();
      await cs.close();
    },
  };
}

async function writeOne({ server }: Bank): Promise<void> {
  const caller = server.cs.createCaller({ kind: 'service' });
  const deliverTo = { channel: 'email', address: 'eve@example.org' } as const;
  const { id } = await caller.authorizationRequest.create({
    slug: 'adhoc',
    subjectId: 'eve',
    title: 'Do it',
    deliverTo,
  });
  await caller.authorizationRequest.cancel({ id });
}

it('moves to a new connection when the server asks for it, and has events from the old one until then', async () => {
  await using server = await startSmallServer();
  server.accepted.add('monday');
  const timing = { moveMilliseconds: 200 };
  await using client = createCountersignClient({
    url: server.url,
    token: 'monday',
    transport: 'websocket',
    timing,
  });
  const { items } = collect(client.event.stream({ from: 'start' }));
  await expect.poll(() => server.running).toBe(1);
  server.announceEnd();
  const toldAndCame = (): boolean => {
    server.tell();
    return server.seen.length === 2 && server.running === 1 && items.length > 20;
  };
  await expect.poll(toldAndCame, { interval: 5 }).toBe(true);
  const numbers = items.map(({ id }) => Number(id.replace('evt_', '')));
  expect(numbers).toEqual(numbers.map((_, index) => index));
});

it('leaves nothing behind of two hundred streams that came and went', async () => {
  await using server = await startSmallServer();
  server.accepted.add('monday');
  await using client = createCountersignClient({ url: server.url, token: 'monday' });
  const { signal } = new AbortController();
  for (let round = 0; round < 20; round += 1) {
    const iterators = Array.from({ length: 10 }, () =>
      client.event.stream({ from: 'start' }, { signal })[Symbol.asyncIterator](),
    );
    const waiting = iterators.map((iterator) => iterator.next());
    await expect.poll(() => server.running, { interval: 5 }).toBe(10);
    expect(getEventListeners(signal, 'abort')).toHaveLength(10);
    for (const iterator of iterators) await iterator.return?.();
    await Promise.all(waiting);
    await expect.poll(() => server.running, { interval: 5 }).toBe(0);
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  expect(server.seen).toEqual(['monday']);
});

it('has room for one event at least', async () => {
  await using bank = await openBank({ bufferedEventsMax: 0 });
  await writeOne(bank);
  const { items } = collect(bank.client.event.stream({ from: 'start' }));
  const written = await allEvents(bank.server);
  await expect.poll(() => items.map(({ id }) => id)).toEqual(written);
});
