import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/http/listen.ts';
import { resolveSettings } from '../../src/settings/resolve.ts';
import { serveSchema } from '../../src/settings/schema.ts';
import { query } from '../support/http.ts';
import { openSocket } from '../support/socket.ts';
import { startTestServer } from '../../testing/index.ts';

describe('a server that is about to stop', () => {
  it('is not ready any more, and still answers every call, and serves new sockets and streams', async () => {
    await using server = await startTestServer();
    const readyz = async () => (await fetch(`${server.url}/readyz`)).status;
    expect(await readyz()).toBe(200);
    server.cs.leave();
    server.cs.leave();
    expect(await readyz()).toBe(503);
    expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'leaving' });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await query(server, 'method.list')).status).toBe(200);
    using socket = await openSocket(server.port, { params: server.credential });
    expect((await socket.subscribe('event.stream')).result?.type).toBe('started');
  });

  it('is not ready from the first moment on in which it drains', async () => {
    await using server = await startTestServer();
    using socket = await openSocket(server.port, { params: server.credential });
    await socket.subscribe('event.stream');
    const draining = server.cs.drain();
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    await draining;
  });

  it('answers once more by each connection that a client has kept, and says that this was the last time', async () => {
    const listener = await listen({ port: 0, host: '127.0.0.1' });
    listener.answerWith(async () => new Response('here'));
    const kept = connect(listener.port, '127.0.0.1');
    expect(await ask(kept)).toContain('keep-alive');
    expect(await ask(kept)).toContain('keep-alive');
    listener.letGo();
    const closed = once(kept, 'close');
    const last = await ask(kept);
    expect(last).toContain('HTTP/1.1 200');
    expect(last.toLowerCase()).toContain('connection: close');
    await closed;
    await listener.close();
  });
});

/** One request, as a client sends it that keeps its connection. */
async function ask(socket: Socket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nhost: here\r\n\r\n');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

describe('how long it goes on answering', () => {
  const given = {
    DATABASE_URL: 'postgresql://127.0.0.1/bank',
    COUNTERSIGN_SECRET: Buffer.alloc(32, 1).toString('base64'),
    COUNTERSIGN_SERVICE_KEY: `csk_${'a'.repeat(40)}`,
  };
  const resolve = (environment: Record<string, string>, values = {}) =>
    resolveSettings(serveSchema, {
      commandLine: {},
      environment: { ...given, ...environment },
      file: { name: 'countersign.config.ts', values },
    }).drainSeconds;

  it('is said in the file or the environment, and no time at all by default', () => {
    expect(resolve({})).toBe(0);
    expect(resolve({ COUNTERSIGN_DRAIN_SECONDS: '15' })).toBe(15);
    expect(resolve({ COUNTERSIGN_DRAIN_SECONDS: '2.5' }, { drainSeconds: 7 })).toBe(2.5);
    expect(resolve({}, { drainSeconds: 7 })).toBe(7);
  });

  it.each(['-1', '301', 'soon', '1e2', ' 5'])('is not "%s"', (text) => {
    expect(() => resolve({ COUNTERSIGN_DRAIN_SECONDS: text })).toThrow(/COUNTERSIGN_DRAIN_SECONDS/);
  });
});
