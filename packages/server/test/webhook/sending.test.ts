import http from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { createAuthority } from './certificate.ts';
import { deliver, endOf, loopback, openTransport } from './deliver.ts';
import { openEndpoint } from './endpoint.ts';
import { drip, openRaw } from './raw-endpoint.ts';

const allow = [loopback];

describe('a webhook', () => {
  it('is one POST of the body as it is, with what says who sends it and to whom', async () => {
    await using endpoint = await openEndpoint();
    const body = '{"type":"subject.locked","name":"Zoë 🏦"}';
    const url = `http://127.0.0.1:${endpoint.port}/hook/a%20b?x=1&y=2`;
    const outcome = await deliver(openTransport({ allow }), { url, body });
    expect(outcome).toEqual({
      kind: 'answered',
      status: 204,
      milliseconds: expect.any(Number) as number,
      retryAfterSeconds: null,
    });
    expect(endpoint.received).toHaveLength(1);
    const [received] = endpoint.received;
    expect(received).toMatchObject({ method: 'POST', path: '/hook/a%20b?x=1&y=2', body });
    expect(received!.headers).toEqual({
      host: `127.0.0.1:${endpoint.port}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
      'user-agent': 'Countersign/test',
      connection: 'close',
      'webhook-id': 'evt_1',
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/) as string,
      'webhook-signature': expect.stringMatching(/^v1,[\w+/=]{44}$/) as string,
    });
  });

  it('goes to the address that the name led to, under its name in the greeting and in the request', async () => {
    const authority = createAuthority();
    await using endpoint = await openEndpoint({ certificate: authority.issue('hooks.example.com') });
    const resolve = vi.fn<() => Promise<string[]>>(async () => ['127.0.0.1']);
    const transport = openTransport({ allow, ca: authority.cert, resolve });
    const url = `https://HOOKS.example.com.:${endpoint.port}/`;
    expect(await endOf(transport, { url })).toBe(204);
    expect(endpoint.received[0]).toMatchObject({
      servername: 'hooks.example.com',
      headers: { host: `hooks.example.com:${endpoint.port}` },
    });
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(resolve).toHaveBeenCalledWith('hooks.example.com', expect.any(AbortSignal));
  });

  it('reaches an endpoint whose first address does not answer, by the next one', async () => {
    await using endpoint = await openEndpoint();
    const resolve = async () => ['127.0.0.3', '::1', '127.0.0.1'];
    const transport = openTransport({ allow: ['127.0.0.0/8', '::1/128'], resolve });
    expect(await endOf(transport, { url: `http://two.example.com:${endpoint.port}/` })).toBe(204);
  });

  it('is not sent to whoever has no certificate for the name, and says nothing before it is seen', async () => {
    const [authority, stranger] = [createAuthority(), createAuthority()];
    const name = 'hooks.example.com';
    const yesterday = new Date(Date.now() - 86_400_000);
    const cases = {
      'for another name': { certificate: authority.issue('bank.example.com') },
      'for the address instead of the name': { certificate: authority.issue('127.0.0.1') },
      'of yesterday': { certificate: authority.issue(name, { validTo: yesterday }) },
      'of an authority that nobody trusts': { certificate: stranger.issue(name) },
      'that signs itself': { certificate: stranger },
      'in TLS 1.1': { certificate: authority.issue(name), tlsVersionMax: 'TLSv1.1' as const },
      'without TLS': {},
    };
    const transport = openTransport({ allow, ca: authority.cert, resolve: async () => ['127.0.0.1'] });
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      for (const [title, options] of Object.entries(cases)) {
        await using endpoint = await openEndpoint(options);
        const url = `https://${name}:${endpoint.port}/`;
        expect(await endOf(transport, { url }), title).toBe('tls');
        expect(endpoint.received, title).toEqual([]);
        expect(endpoint.connections, title).toBe(1);
      }
    } finally {
      vi.unstubAllEnvs();
    }
    // What they have in common is good.
    await using good = await openEndpoint({ certificate: authority.issue(name) });
    expect(await endOf(transport, { url: `https://${name}:${good.port}/` })).toBe(204);
  });

  it('takes no proxy from the environment', async () => {
    await using proxy = await openEndpoint({ answer: (_request, response) => void response.end('proxy') });
    await using endpoint = await openEndpoint();
    const url = `http://127.0.0.1:${endpoint.port}/`;
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`);
    const restore = http.setGlobalProxyFromEnv();
    try {
      await new Promise((resolve) => http.get(url, (response) => response.resume().once('end', resolve)));
      expect(proxy.received).toHaveLength(1);
      expect(await endOf(openTransport({ allow }), { url })).toBe(204);
      expect(proxy.received).toHaveLength(1);
      expect(endpoint.received).toHaveLength(1);
    } finally {
      restore();
      vi.unstubAllEnvs();
    }
  });

  it('keeps no connection, and asks for the address again at the next try', async () => {
    await using endpoint = await openEndpoint();
    const resolve = vi.fn<() => Promise<string[]>>(async () => ['127.0.0.1']);
    const transport = openTransport({ allow, resolve });
    const url = `http://hooks.example.com:${endpoint.port}/`;
    expect(await endOf(transport, { url })).toBe(204);
    expect(await endOf(transport, { url })).toBe(204);
    expect(endpoint.connections).toBe(2);
    expect(resolve).toHaveBeenCalledTimes(2);
  });
});

describe('the answer to a webhook', () => {
  const transport = openTransport({ allow });

  it('is its status, whatever it is, unless that names another place', async () => {
    let status = 200;
    await using endpoint = await openEndpoint({
      answer: (_request, response) => void response.writeHead(status).end(),
    });
    const url = `http://127.0.0.1:${endpoint.port}/`;
    for (status of [200, 201, 202, 204, 400, 401, 404, 410, 418, 429, 500, 503, 599])
      expect(await endOf(transport, { url })).toBe(status);
    for (status of [300, 301, 302, 303, 304, 305, 306, 307, 308, 399])
      expect(await endOf(transport, { url }), String(status)).toBe('redirected');
  });

  it('may ask for a wait, in seconds or as a date', async () => {
    const now = new Date('2030-01-01T00:00:00.500Z');
    let retryAfter = '';
    await using endpoint = await openEndpoint({
      answer: (_request, response) => void response.writeHead(503, { 'retry-after': retryAfter }).end(),
    });
    const url = `http://127.0.0.1:${endpoint.port}/`;
    const frozen = openTransport({ allow, clock: { now: () => now } });
    for (const [header, seconds] of [
      ['120', 120],
      ['0', 0],
      ['Tue, 01 Jan 2030 00:01:00 GMT', 60],
      ['Mon, 31 Dec 2029 00:00:00 GMT', 0],
      ['', null],
      ['-1', null],
      ['1e9', null],
      ['99999999999999999999', null],
      ['2031', 2031],
      ['soon', null],
      ['2030-01-01', null],
      ['Mon, never', null],
    ] as const) {
      retryAfter = header;
      expect(await deliver(frozen, { url }), header).toMatchObject({
        status: 503,
        retryAfterSeconds: seconds,
      });
    }
  });

  it('counts although it never ends: no more of it is read than 64 KiB', async () => {
    let written = 0;
    await using endpoint = await openEndpoint({
      answer: (_request, response) => {
        const more = () => {
          while (!response.destroyed && response.write('x'.repeat(16_384))) written += 16_384;
        };
        response.writeHead(200).on('drain', more);
        more();
      },
    });
    expect(await endOf(transport, { url: `http://127.0.0.1:${endpoint.port}/` })).toBe(200);
    // What the two systems have buffered between them, not what somebody has read.
    expect(written).toBeLessThan(32_000_000);
  });

  it('counts although the rest of it trickles, or is cut off, or the connection stays open', async () => {
    const head = 'HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\n';
    await using trickle = await openRaw((socket) => {
      socket.write(head);
      drip(socket, 'x');
    });
    expect(await endOf(transport, { url: trickle.url, timeoutSeconds: 1 })).toBe(202);
    await vi.waitFor(() => expect(trickle.open()).toBe(0));
    await using lasting = await openRaw((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok'),
    );
    expect(await endOf(transport, { url: lasting.url })).toBe(200);
    await vi.waitFor(() => expect(lasting.open()).toBe(0));
    await using cut = await openRaw((socket) => socket.end(`${head}x`));
    expect(await endOf(transport, { url: cut.url })).toBe(202);
  });

  it('is none when its head is no HTTP, too large, or another protocol', async () => {
    for (const [said, reason] of [
      ['SSH-2.0-OpenSSH_9.9\r\n', 'connection'],
      ['\u0015\u0003\u0001\u0000\u0002\u0002F', 'connection'],
      ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', 'connection'],
      ['HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n', 'connection'],
      [`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`, 'too_large'],
      [`HTTP/1.1 200 OK\r\n${'X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(500)}\r\n`, 'too_large'],
      ['', 'connection'],
    ] as const) {
      await using endpoint = await openRaw(
        (socket) => void (said === '' ? socket.end() : socket.write(said)),
      );
      expect(await endOf(transport, { url: endpoint.url }), said.slice(0, 60)).toBe(reason);
      await vi.waitFor(() => expect(endpoint.open(), said.slice(0, 60)).toBe(0));
    }
  });

  it('is not waited for beyond the time of a try, whatever it is that takes so long', async () => {
    await using silent = await openRaw(() => undefined);
    await using heads = await openRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      drip(socket, 'X-A: b\r\n');
    });
    await using hints = await openRaw((socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'));
    const endless = openTransport({ allow, resolve: () => new Promise(() => undefined) });
    const cases: readonly (readonly [string, typeof transport, string])[] = [
      ['a name server that keeps silent', endless, 'https://slow.example.com/'],
      ['no answer', transport, silent.url],
      ['no greeting of TLS', transport, silent.url.replace('http:', 'https:')],
      ['a head that trickles', transport, heads.url],
      ['hints and nothing else', transport, hints.url],
    ];
    for (const [title, by, url] of cases)
      expect(await endOf(by, { url, timeoutSeconds: 0.2 }), title).toBe('timed_out');
    for (const one of [silent, heads, hints]) await vi.waitFor(() => expect(one.open()).toBe(0));
  });

  it('is not waited for when the process stops', async () => {
    await using silent = await openRaw(() => undefined);
    const stopping = new AbortController();
    const { signal } = stopping;
    const sending = endOf(transport, { url: silent.url, signal });
    await vi.waitFor(() => expect(silent.open()).toBe(1));
    stopping.abort();
    expect(await sending).toBe('aborted');
    await vi.waitFor(() => expect(silent.open()).toBe(0));
    expect(await endOf(transport, { url: silent.url, signal })).toBe('aborted');
  });

  it('is none where nobody listens, and where the name leads nowhere', async () => {
    const closed = await openRaw(() => undefined);
    await closed[Symbol.asyncDispose]();
    expect(await endOf(transport, { url: closed.url })).toBe('connection');
    const url = 'https://nowhere.example.com/';
    for (const resolve of [async () => [], async () => Promise.reject(new Error('SERVFAIL'))])
      expect(await endOf(openTransport({ resolve }), { url })).toBe('name_not_resolved');
  });
});
