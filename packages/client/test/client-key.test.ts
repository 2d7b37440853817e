import { describe, expect, it } from 'vitest';
import { createCountersignClient, type BoundKey, type ClientOptions } from '../src/index.ts';
import { quickly } from './support/bank.ts';
import { collect } from './support/collect.ts';
import { startSmallServer, type SmallServer } from './support/small-server.ts';

/** What a key was asked to prove, in order; its proofs are numbered. */
function createKey(): { key: BoundKey; asked: Parameters<BoundKey['proof']>[0][] } {
  const asked: Parameters<BoundKey['proof']>[0][] = [];
  return { asked, key: { proof: async (of) => `proof ${asked.push(of)}` } };
}

function connect(server: SmallServer, options: Partial<ClientOptions>) {
  server.accepted.add('DPoP monday');
  return createCountersignClient({
    url: `${server.url}?tenant=7#top`,
    token: () => 'monday',
    reconnect: quickly,
    ...options,
  });
}

describe('a token that is bound to a key', () => {
  it('goes with a proof of its own for each call, under the scheme DPoP', async () => {
    await using server = await startSmallServer();
    const { key, asked } = createKey();
    await using client = connect(server, { clientKey: key });
    await client.authorizationRequest.cancel({ id: 'areq_1' });
    await client.method.list();
    expect(server.seen).toEqual(['DPoP monday', 'DPoP monday']);
    expect(server.proofs).toEqual(['proof 1', 'proof 2']);
    expect(asked).toEqual([
      { method: 'POST', url: `${server.url}/authorizationRequest.cancel`, token: 'monday' },
      { method: 'GET', url: `${server.url}/method.list`, token: 'monday' },
    ]);
  });

  it('goes with a new proof when a call is made once more', async () => {
    await using server = await startSmallServer();
    const { key, asked } = createKey();
    const tokens = ['stale'];
    await using client = connect(server, { clientKey: key, token: () => tokens.shift() ?? 'monday' });
    await client.method.list();
    expect(server.proofs).toEqual(['proof 1', 'proof 2']);
    expect(asked.map(({ token }) => token)).toEqual(['stale', 'monday']);
  });

  it.each(['websocket', 'sse'] as const)(
    'goes with a proof of each connection over %s',
    async (transport) => {
      await using server = await startSmallServer();
      const { key, asked } = createKey();
      await using client = connect(server, { clientKey: key, transport });
      const { items } = collect(client.event.stream({ from: 'start' }));
      for (const connection of [1, 2]) {
        await expect.poll(() => server.running).toBe(1);
        server.tell();
        await expect.poll(() => items.length).toBe(connection);
        if (transport === 'websocket') server.closeSockets(1012);
        else server.endStreams();
        await expect.poll(() => server.proofs.length).toBe(connection + 1);
      }
      expect(server.proofs).toEqual(['proof 1', 'proof 2', 'proof 3']);
      expect(server.seen).toEqual(['DPoP monday', 'DPoP monday', 'DPoP monday']);
      const url = transport === 'websocket' ? server.url : `${server.url}/event.stream`;
      expect(asked[0]).toEqual({ method: 'GET', url, token: 'monday' });
    },
  );

  it.each(['websocket', 'sse'] as const)(
    'is not used over %s when its key fails, and its error is told',
    async (transport) => {
      await using server = await startSmallServer();
      const error = new RangeError('the key is gone');
      const clientKey = { proof: () => Promise.reject(error) };
      await using client = connect(server, { clientKey, transport });
      await expect(collect(client.event.stream({ from: 'start' })).ended).rejects.toThrow(error);
      await expect(client.method.list()).rejects.toThrow(error);
      expect(server.seen).toEqual([]);
    },
  );
});

it('makes no proof where there is no token', async () => {
  await using server = await startSmallServer();
  const { key, asked } = createKey();
  server.accepted.add('undefined');
  await using client = connect(server, { clientKey: key, token: () => null });
  await client.method.list();
  expect(asked).toEqual([]);
});
