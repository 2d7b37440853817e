import { describe, expect, it, vi } from 'vitest';
import { createResolve } from '../../src/webhook/resolve.ts';
import { endOf, openTransport } from './deliver.ts';
import { openEndpoint } from './endpoint.ts';
import { openNameServer } from './name-server.ts';

const { signal } = new AbortController();

describe('the names of webhook endpoints', () => {
  it('are asked for at name servers, for all their addresses of both families', async () => {
    await using server = await openNameServer({
      'both.example.com': ['203.0.113.1', '203.0.113.2', '2001:db8::1'],
      'four.example.com': ['203.0.113.3'],
      'six.example.com': ['2001:db8::6'],
      'empty.example.com': [],
      'broken.example.com': 'fails',
    });
    const resolve = createResolve({ servers: [server.at] });
    const of = async (name: string) => (await resolve(name, signal)).toSorted();
    expect(await of('both.example.com')).toEqual(['2001:db8::1', '203.0.113.1', '203.0.113.2']);
    expect(await of('four.example.com')).toEqual(['203.0.113.3']);
    expect(await of('six.example.com')).toEqual(['2001:db8::6']);
    for (const name of ['empty.example.com', 'broken.example.com', 'none.example.com'])
      expect(await of(name), name).toEqual([]);
    // No domain of this machine is tried behind a name.
    expect(new Set(server.asked.map((name) => name.split('.').slice(1).join('.')))).toEqual(
      new Set(['example.com']),
    );
  });

  it('are asked of nobody when they mean this machine', async () => {
    await using server = await openNameServer({ localhost: ['203.0.113.1'], 'a.localhost': ['203.0.113.1'] });
    const resolve = createResolve({ servers: [server.at] });
    for (const name of ['localhost', 'a.localhost'])
      expect(await resolve(name, signal)).toEqual(['127.0.0.1', '::1']);
    expect(server.asked).toEqual([]);
  });

  it('are given up at once when nobody waits any more', async () => {
    await using server = await openNameServer({ 'slow.example.com': 'silent' });
    const resolve = createResolve({ servers: [server.at] });
    const stopping = new AbortController();
    const asking = resolve('slow.example.com', stopping.signal);
    await vi.waitFor(() => expect(server.asked.length).toBeGreaterThan(0));
    stopping.abort();
    expect(await asking).toEqual([]);
  });

  it('are waited for no longer than a try, and hold up nothing else', async () => {
    await using server = await openNameServer({
      'slow.example.com': 'silent',
      'hooks.example.com': ['127.0.0.1'],
    });
    await using endpoint = await openEndpoint();
    const transport = openTransport({
      allow: ['127.0.0.1/32'],
      resolve: createResolve({ servers: [server.at] }),
    });
    const stopping = new AbortController();
    const slow = Array.from({ length: 16 }, () =>
      endOf(transport, { url: 'https://slow.example.com/', signal: stopping.signal }),
    );
    await vi.waitFor(() => expect(server.asked.length).toBeGreaterThanOrEqual(slow.length));
    expect(await endOf(transport, { url: `http://hooks.example.com:${endpoint.port}/` })).toBe(204);
    stopping.abort();
    expect(new Set(await Promise.all(slow))).toEqual(new Set(['aborted']));
    const url = 'https://slow.example.com/';
    expect(await endOf(transport, { url, timeoutSeconds: 0.2 })).toBe('timed_out');
  });
});
