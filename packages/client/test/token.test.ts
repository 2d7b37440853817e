import { describe, expect, it } from 'vitest';
import { createCountersignClient, type TokenSource } from '../src/index.ts';
import { quickly } from './support/bank.ts';
import { collect } from './support/collect.ts';
import { startSmallServer } from './support/small-server.ts';

describe.each(['websocket', 'sse'] as const)('over %s', (transport) => {
  const connect = (url: string, token: TokenSource) =>
    createCountersignClient({ url, token, transport, reconnect: quickly });

  it('goes on with the new token when the one of a running stream has run out', async () => {
    await using server = await startSmallServer();
    let token = 'monday';
    server.accepted.add('monday');
    await using client = connect(server.url, () => token);
    const { items } = collect(client.event.stream({ from: 'start' }));
    const tellUntil = async (count: number): Promise<void> => {
      await expect
        .poll(() => {
          if (items.length < count) server.tell();
          return items.length;
        })
        .toBeGreaterThanOrEqual(count);
    };
    await tellUntil(1);
    token = 'tuesday';
    server.accepted.add('tuesday');
    server.accepted.delete('monday');
    await tellUntil(5);
    const numbers = items.map(({ id }) => Number(id.replace('evt_', '')));
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
    expect(server.seen).toEqual(['monday', 'tuesday']);
  });

  it('throws unauthenticated when there is no other token', async () => {
    await using server = await startSmallServer();
    server.accepted.add('monday');
    await using client = connect(server.url, 'monday');
    const { items, ended } = collect(client.event.stream({ from: 'start' }));
    await expect
      .poll(() => {
        server.tell();
        return items.length;
      })
      .toBeGreaterThan(0);
    server.accepted.clear();
    await expect(ended).rejects.toMatchObject({ reason: 'unauthenticated' });
  });

  it('does not ask for ever with tokens that are new each time and never right', async () => {
    await using server = await startSmallServer();
    let number = 0;
    await using client = connect(server.url, () => `token ${(number += 1)}`);
    await expect(collect(client.event.stream({ from: 'start' })).ended).rejects.toMatchObject({
      reason: 'unauthenticated',
    });
    expect(server.seen).toHaveLength(1);
  });
});
