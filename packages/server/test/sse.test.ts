import { createAdaptorServer } from '@hono/node-server';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { httpLimits } from '../src/http/limits.ts';
import { streamLimits } from '../src/stream/limits.ts';
import { openEventSource } from './support/event-source.ts';
import { mutate } from './support/http.ts';
import { sharedServer } from './support/shared-server.ts';
import { as, startStreamServer, type StreamServer } from './support/stream-server.ts';
import { untilStill } from './support/until-still.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const origins = ['https://bank.example'];
const shared = sharedServer({ operations: { transfer }, origins });
const pathOf = (input: object) =>
  `/trpc/event.stream?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;

describe('server-sent events', () => {
  it('carry the log, and resume after the last event that arrived', async () => {
    const { url, credential } = shared();
    await using source = await openEventSource(`${url}${pathOf({ subjectId: 'sse' })}`, credential);
    expect(source.status).toBe(200);
    expect(await source.next()).toMatchObject({ event: 'connected' });
    await mutate(shared(), 'authorizationRequest.create', { ...transferRequest, subjectId: 'sse' });
    const first = (await source.next())!;
    const second = (await source.next())!;
    expect(JSON.parse(first.data)).toMatchObject({ json: { type: 'authorization_request.created' } });
    expect(first.id).toMatch(/^evt_/);
    await using resumed = await openEventSource(`${url}${pathOf({ subjectId: 'sse' })}`, {
      ...credential,
      'last-event-id': first.id!,
    });
    await resumed.next();
    expect(await resumed.next()).toEqual(second);
  });

  it('come with headers that let no proxy keep, hold or compress them', async () => {
    const { url, credential } = shared();
    await using source = await openEventSource(`${url}${pathOf({})}`, {
      ...credential,
      'accept-encoding': 'gzip',
    });
    expect(source.headers.get('content-type')).toBe('text/event-stream');
    expect(source.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(source.headers.get('x-accel-buffering')).toBe('no');
    expect(source.headers.get('content-encoding')).toBeNull();
    expect(source.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  });

  it.each<[string, Readonly<Record<string, string>>, object, string]>([
    ['nobody', {}, {}, 'unauthenticated'],
    ['a cookie', { cookie: 'authorization=Bearer csk_' }, {}, 'unauthenticated'],
    ['who asks for what is none', { authorization: 'service' }, { surplus: 1 }, 'invalid_input'],
  ])('are refused to %s in the shape of every refusal', async (_name, headers, input, reason) => {
    const { url, credential } = shared();
    const given = headers['authorization'] === 'service' ? credential : headers;
    await using source = await openEventSource(`${url}${pathOf(input)}`, given);
    const refused = (await source.rest()).find(({ event }) => event === 'serialized-error')!;
    const { json } = JSON.parse(refused.data) as { json: { data: { reason: string } } };
    expect(json.data.reason).toBe(reason);
    expect(refused.data).not.toMatch(/stack|\.ts|node_modules/);
  });

  it('are refused to a page of another origin, and open to a listed one', async () => {
    const { url, credential } = shared();
    const evil = await fetch(`${url}${pathOf({})}`, {
      headers: { ...credential, origin: 'https://evil.example' },
    });
    expect(evil.status).toBe(403);
    await using source = await openEventSource(`${url}${pathOf({})}`, { ...credential, origin: origins[0]! });
    expect(source.headers.get('access-control-allow-origin')).toBe(origins[0]);
    const asked = await fetch(`${url}${pathOf({})}`, {
      method: 'OPTIONS',
      headers: {
        origin: origins[0]!,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization,last-event-id',
      },
    });
    expect(asked.headers.get('access-control-allow-headers')).toContain('last-event-id');
  });

  it('take no batch', async () => {
    const { url, credential } = shared();
    const answer = await fetch(`${url}/trpc/event.stream,event.stream?batch=1`, { headers: credential });
    expect(await answer.text()).toMatch(/"reason":"invalid_input".*"reason":"invalid_input"/);
  });

  it('say that they live more often than anything takes them for dead', () => {
    expect(streamLimits.pingMilliseconds * 2).toBeLessThan(streamLimits.silenceMilliseconds);
    expect(streamLimits.pingMilliseconds * 2).toBeLessThan(httpLimits.silenceMilliseconds);
  });

  it('that fail tell nothing but an id', async () => {
    await using server = await startStreamServer();
    await using source = await openEventSource(`${server.url}/trpc/failing`, as('ada'));
    const text = JSON.stringify(await source.rest());
    expect(text).toContain('errorId');
    expect(text).not.toMatch(/canary|stack/);
    expect(source.events.map(({ event }) => event)).toEqual(['connected', 'message', 'serialized-error']);
  });

  it('end at once, with all they hold, when the client leaves', async () => {
    await using server = await startStreamServer();
    for (let round = 0; round < 3; round += 1) {
      const open = Array.from({ length: 10 }, () => openEventSource(`${server.url}/trpc/idle`, as('ada')));
      const sources = await Promise.all(open);
      await expect.poll(server.running).toBe(10);
      for (const source of sources) await source[Symbol.asyncDispose]();
      await expect.poll(server.running).toBe(0);
    }
  });

  it('end with the server without saying that they are complete, so that clients come back', async () => {
    await using server = await startStreamServer();
    await using source = await openEventSource(`${server.url}/trpc/idle`, as('ada'));
    await expect.poll(server.running).toBe(1);
    server.endStreams();
    const events = await source.rest();
    expect(events.map(({ event }) => event)).toEqual(['connected']);
    await expect.poll(server.running).toBe(0);
    await using late = await openEventSource(`${server.url}/trpc/idle`, as('ada'));
    expect((await late.rest()).some(({ event }) => event === 'return')).toBe(false);
    await expect.poll(server.running).toBe(0);
  });

  it('are held up by a client that does not read, in little memory', async () => {
    await using server = await startStreamServer();
    using reader = unread(server);
    await expect.poll(server.handedOut).toBeGreaterThan(10);
    const before = await untilStill(server.handedOut);
    reader.resume();
    await expect.poll(server.handedOut, { timeout: 10_000 }).toBeGreaterThan(before + 100);
  });

  it('outlive the time that a request may take', async () => {
    await using server = await startStreamServer();
    const short = createAdaptorServer({
      fetch: server.handler,
      serverOptions: { requestTimeout: 100, headersTimeout: 100, connectionsCheckingInterval: 20 },
    });
    await new Promise<void>((resolve) => short.listen(0, '127.0.0.1', resolve));
    const { port } = short.address() as AddressInfo;
    await using source = await openEventSource(`http://localhost:${port}/trpc/slow`, as('bob'));
    for (let item = 0; item < 8; item += 1) expect((await source.next())?.event).not.toBe('serialized-error');
    short.close();
  });

  it('end with a connection that takes nothing any more', async () => {
    await using server = await startStreamServer();
    expect(server.http.timeout).toBe(httpLimits.silenceMilliseconds);
    server.http.setTimeout(2000);
    using stalled = unread(server);
    await using source = await openEventSource(`${server.url}/trpc/slow`, as('bob'));
    await expect.poll(server.running).toBe(2);
    await expect.poll(server.running, { timeout: 10_000 }).toBe(1);
    expect(await source.next()).not.toBeNull();
    expect(stalled.isPaused()).toBe(true);
  });
});

/** A connection that asks for an endless stream and reads nothing of it. */
function unread(server: StreamServer) {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(
    `GET /trpc/flood HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${as('ada').authorization}\r\n\r\n`,
  );
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.destroy() });
}
