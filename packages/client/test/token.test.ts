import { describe, expect, it } from 'vitest';
import {
  createCountersignClient,
  reasonOf,
  type ClientOptions,
  type CountersignClient,
  type TokenSource,
} from '../src/index.ts';
import { quickly } from './support/bank.ts';
import { collect, type Collected } from './support/collect.ts';
import { startSmallServer, type SmallServer } from './support/small-server.ts';

/** A token that can be exchanged, as an application keeps it. */
function keep(first: string): { current: string; asked: number; source: TokenSource } {
  const kept = {
    current: first,
    asked: 0,
    source: async () => {
      kept.asked += 1;
      return kept.current;
    },
  };
  return kept;
}

/** Ends what the old token carries, and accepts the new one. */
function exchange(server: SmallServer, kept: { current: string }, next: string): void {
  server.accepted.add(next);
  server.accepted.delete(kept.current);
  kept.current = next;
}

async function tellUntil(server: SmallServer, { items }: Collected<unknown>, count: number): Promise<void> {
  await expect
    .poll(() => {
      if (items.length < count) server.tell();
      return items.length;
    })
    .toBeGreaterThanOrEqual(count);
}

/** Every event, each once, in its order. */
function expectWhole({ items }: Collected<{ readonly id: string }>): void {
  const numbers = items.map(({ id }) => Number(id.replace('evt_', '')));
  expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
}

function connect(server: SmallServer, options: Partial<ClientOptions>): CountersignClient {
  return createCountersignClient({ url: server.url, reconnect: quickly, ...options });
}

async function reasonFor(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => 'it was not refused',
    (error: unknown) => reasonOf(error),
  );
}

describe.each(['websocket', 'sse'] as const)('a stream over %s', (transport) => {
  it('goes on with the new token when the one it runs on has ended, without losing or repeating', async () => {
    await using server = await startSmallServer();
    const kept = keep('monday');
    server.accepted.add('monday');
    await using client = connect(server, { token: kept.source, transport });
    const stream = collect(client.event.stream({ from: 'start' }));
    const days = ['tuesday', 'wednesday', 'thursday', 'friday'];
    for (const day of days) {
      await tellUntil(server, stream, stream.items.length + 3);
      exchange(server, kept, day);
    }
    await tellUntil(server, stream, stream.items.length + 3);
    expectWhole(stream);
    expect([...new Set(server.seen)]).toEqual(['monday', ...days]);
  });

  it('goes on with the new token when no event came by the old one', async () => {
    await using server = await startSmallServer();
    const kept = keep('monday');
    server.accepted.add('monday');
    await using client = connect(server, { token: kept.source, transport });
    const stream = collect(client.event.stream({ from: 'start' }));
    for (const day of ['tuesday', 'wednesday', 'thursday']) {
      await expect.poll(() => server.running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 50)); // Some signs of life, and nothing else.
      exchange(server, kept, day);
      await expect.poll(() => server.seen.at(-1)).toBe(day);
    }
    await tellUntil(server, stream, 2);
    expectWhole(stream);
  });

  it('waits for the new token, however long the application takes to have one', async () => {
    await using server = await startSmallServer();
    const kept = keep('monday');
    server.accepted.add('monday');
    let delayMilliseconds = 0;
    const token = async (): Promise<string> => {
      await new Promise((resolve) => setTimeout(resolve, delayMilliseconds));
      return kept.current;
    };
    await using client = connect(server, { token, transport });
    const stream = collect(client.event.stream({ from: 'start' }));
    await tellUntil(server, stream, 2);
    delayMilliseconds = 300;
    exchange(server, kept, 'tuesday');
    await tellUntil(server, stream, stream.items.length + 2);
    expectWhole(stream);
    expect(server.seen).toEqual(['monday', 'tuesday']);
    expect(server.refusals).toBe(1);
  });

  it('throws unauthenticated when there is no other token', async () => {
    await using server = await startSmallServer();
    server.accepted.add('monday');
    await using client = connect(server, { token: 'monday', transport });
    const stream = collect(client.event.stream({ from: 'start' }));
    await tellUntil(server, stream, 1);
    server.accepted.clear();
    await expect(stream.ended).rejects.toMatchObject({ reason: 'unauthenticated' });
    expect(server.seen).toEqual(['monday']);
  });

  it('throws unauthenticated when the new token is refused too', async () => {
    await using server = await startSmallServer();
    const kept = keep('monday');
    server.accepted.add('monday');
    await using client = connect(server, { token: kept.source, transport });
    const stream = collect(client.event.stream({ from: 'start' }));
    await tellUntil(server, stream, 1);
    kept.current = 'tuesday';
    server.accepted.clear();
    await expect(stream.ended).rejects.toMatchObject({ reason: 'unauthenticated' });
    expect(server.seen).toEqual(['monday', 'tuesday']);
  });

  it('throws what the application throws when it is asked for a new token', async () => {
    await using server = await startSmallServer();
    server.accepted.add('monday');
    let isSignedIn = true;
    const token = (): string => {
      if (isSignedIn) return 'monday';
      throw new RangeError('signed out');
    };
    await using client = connect(server, { token, transport });
    const stream = collect(client.event.stream({ from: 'start' }));
    await tellUntil(server, stream, 1);
    isSignedIn = false;
    server.accepted.clear();
    await expect(stream.ended).rejects.toThrow(new RangeError('signed out'));
  });

  it('begins with the token that has replaced a refused one, and does not ask for ever', async () => {
    await using server = await startSmallServer();
    const tokens = ['stale', 'monday'];
    server.accepted.add('monday');
    await using client = connect(server, { token: () => tokens.shift() ?? 'monday', transport });
    const stream = collect(client.event.stream({ from: 'start' }));
    await tellUntil(server, stream, 1);
    expect(server.seen).toEqual(['stale', 'monday']);

    let number = 0;
    await using other = connect(server, { token: () => `token ${(number += 1)}`, transport });
    const never = collect(other.event.stream({ from: 'start' }));
    await expect(never.ended).rejects.toMatchObject({ reason: 'unauthenticated' });
    expect(server.seen).toHaveLength(4);
  });

  it('begins so again after it has gone well for a while', async () => {
    await using server = await startSmallServer();
    const tokens = ['stale', 'monday'];
    server.accepted.add('monday').add('tuesday');
    let last = 'monday';
    await using client = connect(server, { token: () => tokens.shift() ?? last, transport });
    const stream = collect(client.event.stream({ from: 'start' }));
    await tellUntil(server, stream, 2);
    tokens.push('stale', 'tuesday');
    last = 'tuesday';
    if (transport === 'websocket') server.closeSockets(1012);
    else server.endStreams();
    await tellUntil(server, stream, stream.items.length + 2);
    expectWhole(stream);
    expect(server.seen).toEqual(['stale', 'monday', 'stale', 'tuesday']);
  });

  it('waits longer and longer for a server that accepts every token for a moment only', async () => {
    await using server = await startSmallServer();
    server.isFickle = true;
    let number = 0;
    const token = (): string => {
      server.accepted.add(`token ${(number += 1)}`);
      return `token ${number}`;
    };
    const reconnect = { firstMilliseconds: 50, maxMilliseconds: 10_000 };
    await using client = connect(server, { token, transport, reconnect });
    const stream = collect(client.event.stream({ from: 'start' }));
    await Promise.race([
      stream.ended.catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 1_000)),
    ]);
    expect(server.seen.length).toBeLessThan(15);
  });
});

it('goes on with the new token where a host sends nothing over a quiet stream', async () => {
  await using server = await startSmallServer({ pings: false });
  const kept = keep('monday');
  server.accepted.add('monday');
  const timing = { openMilliseconds: 100 };
  await using client = connect(server, { token: kept.source, transport: 'sse', timing });
  const stream = collect(client.event.stream({ from: 'start' }));
  for (const day of ['tuesday', 'wednesday', 'thursday']) {
    await expect.poll(() => server.running).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    exchange(server, kept, day);
    await expect.poll(() => server.seen.at(-1)).toBe(day);
  }
  await tellUntil(server, stream, 2);
  expectWhole(stream);
});

it('goes on with the new token when the socket is closed for the old one', async () => {
  await using server = await startSmallServer();
  const kept = keep('monday');
  server.accepted.add('monday');
  await using client = connect(server, { token: kept.source, transport: 'websocket' });
  const stream = collect(client.event.stream({ from: 'start' }));
  await tellUntil(server, stream, 3);
  server.accepted.add('tuesday');
  kept.current = 'tuesday';
  server.closeSockets(1008);
  await tellUntil(server, stream, 6);
  expectWhole(stream);
  expect(server.seen).toEqual(['monday', 'tuesday']);
});

it('asks for a new token once for all streams of a socket', async () => {
  await using server = await startSmallServer();
  const kept = keep('monday');
  server.accepted.add('monday');
  await using client = connect(server, { token: kept.source, transport: 'websocket' });
  const streams = Array.from({ length: 20 }, () => collect(client.event.stream({ from: 'start' })));
  for (const stream of streams) await tellUntil(server, stream, 1);
  const before = kept.asked;
  exchange(server, kept, 'tuesday');
  for (const stream of streams) await tellUntil(server, stream, stream.items.length + 3);
  streams.forEach(expectWhole);
  expect(kept.asked - before).toBe(2); // Is there another one? And then for the new socket.
  expect(server.seen).toEqual(['monday', 'tuesday']);
});

it('asks for the token before every call and every connection, also when it takes a while to answer', async () => {
  await using server = await startSmallServer();
  const tokens = ['monday', 'tuesday', 'wednesday', 'thursday'];
  for (const day of tokens) server.accepted.add(day);
  const left = [...tokens];
  const token = async (): Promise<string | undefined> => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return left.shift();
  };
  await using client = connect(server, { token });
  await client.method.list();
  await client.method.list();
  const stream = collect(client.event.stream({ from: 'start' }));
  await tellUntil(server, stream, 1);
  await client.method.list();
  expect(server.seen).toEqual(tokens);
});

describe('a call', () => {
  it('is made once more when its token was refused and there is another one by now', async () => {
    await using server = await startSmallServer();
    const tokens = ['stale', 'monday'];
    server.accepted.add('monday');
    await using client = connect(server, { token: () => tokens.shift() ?? 'monday' });
    await client.authorizationRequest.cancel({ id: 'areq_1' });
    expect(server.seen).toEqual(['stale', 'monday']);
    expect(server.cancelled).toEqual(['areq_1']);
  });

  it('is made once more within a batch, and all of the batch with it', async () => {
    await using server = await startSmallServer();
    const tokens = ['stale'];
    server.accepted.add('monday');
    await using client = connect(server, { token: () => tokens.shift() ?? 'monday' });
    await Promise.all(['areq_1', 'areq_2', 'areq_3'].map((id) => client.authorizationRequest.cancel({ id })));
    expect(server.seen).toEqual(['stale', 'monday']);
    expect(server.cancelled).toEqual(['areq_1', 'areq_2', 'areq_3']);
  });

  it('is refused when the second token is refused too, and is not made a third time', async () => {
    await using server = await startSmallServer();
    let number = 0;
    await using client = connect(server, { token: () => `token ${(number += 1)}` });
    expect(await reasonFor(client.method.list())).toBe('unauthenticated');
    expect(server.seen).toHaveLength(2);
  });

  it('is made once when there is no other token, or none at all', async () => {
    await using server = await startSmallServer();
    for (const token of ['stale', () => 'stale', undefined, () => null]) {
      server.seen.length = 0;
      await using client = connect(server, { token });
      expect(await reasonFor(client.method.list())).toBe('unauthenticated');
      expect(server.seen).toHaveLength(1);
    }
  });

  it('rejects with what the application throws when it is asked for a new token', async () => {
    await using server = await startSmallServer();
    const tokens = ['stale'];
    const token = (): string => {
      const [first] = tokens.splice(0);
      if (first === undefined) throw new RangeError('signed out');
      return first;
    };
    await using client = connect(server, { token });
    await expect(client.method.list()).rejects.toThrow(new RangeError('signed out'));
  });
});
