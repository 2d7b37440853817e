import { describe, expect, it } from 'vitest';
import { startCommand } from './support/command.ts';
import { openEventSource } from './support/event-source.ts';
import { query } from './support/http.ts';
import { openSocket } from './support/socket.ts';
import { as, startStreamServer } from './support/stream-server.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { startTestServer } from '../testing/index.ts';

const serviceKey = `csk_${'a'.repeat(40)}`;
const credential = { authorization: `Bearer ${serviceKey}` };
const environment = {
  COUNTERSIGN_SECRET: Buffer.alloc(32, 1).toString('base64'),
  COUNTERSIGN_SERVICE_KEY: serviceKey,
};

describe('a server that stops', () => {
  it('tells sockets to reconnect, lets their calls finish, and closes them with 1012', async () => {
    await using server = await startStreamServer();
    using socket = await openSocket(server.port, { params: as('ada') });
    await socket.subscribe('idle');
    const held = socket.call('mutation', 'hold');
    await expect.poll(server.held).toBe(1);
    const closing = server.webSocket.close();
    await socket.answer(({ method }) => method === 'reconnect');
    await expect(openSocket(server.port, { params: as('ada') })).rejects.toThrow('503');
    expect(socket.raw.readyState).toBe(1);
    server.release();
    expect((await held).result?.data?.json).toBe('held');
    expect(await socket.closed).toBe(1012);
    await closing;
    await expect.poll(server.running).toBe(0);
  });

  it('waits for no client that never closes', async () => {
    await using server = await startStreamServer({ limits: { closeMilliseconds: 100 } });
    using socket = await openSocket(server.port, { params: as('ada') });
    await socket.subscribe('idle');
    socket.raw.pause();
    await server.webSocket.close();
    await expect.poll(server.running).toBe(0);
  });

  it('waits for no call longer than it says', async () => {
    await using server = await startStreamServer({
      limits: { moveMilliseconds: 50, drainMilliseconds: 300 },
    });
    using socket = await openSocket(server.port, { params: as('ada') });
    socket.send({ id: 1, method: 'mutation', params: { path: 'hold' } });
    await expect.poll(server.held).toBe(1);
    await server.webSocket.close();
    expect(await socket.closed).toBe(1012);
  });

  it('leaves nothing open, of sockets or of streams, and can be closed twice', async () => {
    const server = await startTestServer();
    using socket = await openSocket(server.port, { params: server.credential });
    await socket.subscribe('event.stream');
    await using source = await openEventSource(`${server.url}/trpc/event.stream`, server.credential);
    await source.next();
    const stopped = source.rest();
    await Promise.all([server.cs.drain(), server.cs.drain()]);
    expect((await stopped).map(({ event }) => event)).toEqual(['connected']);
    expect(await socket.closed).toBe(1012);
    expect((await query(server, 'method.list')).status).toBe(200);
    await server[Symbol.asyncDispose]();
    await server.cs.close();
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it(
    'tells every stream of the running server to reconnect, and the process ends by itself',
    { timeout: 60_000 },
    async () => {
      await using folder = await temporaryDirectory();
      await using command = startCommand(['dev', '--port', '0', '--db', 'temporary', '--json'], {
        cwd: folder.path,
        env: environment,
      });
      const [, port] = await command.prints(/http:\/\/localhost:(\d+)/);
      using socket = await openSocket(Number(port), { params: credential });
      expect((await socket.subscribe('event.stream')).result?.type).toBe('started');
      await using source = await openEventSource(`http://localhost:${port}/trpc/event.stream`, credential);
      await source.next();
      using idle = await openSocket(Number(port), { params: credential });
      idle.raw.pause();
      const startedAt = performance.now();
      command.signal(signal);
      const rest = source.rest();
      await socket.answer(({ method }) => method === 'reconnect');
      expect(await socket.closed).toBe(1012);
      expect((await rest).map(({ event }) => event)).toEqual(['connected']);
      expect(await command.ended).toBe(0);
      expect(performance.now() - startedAt).toBeLessThan(10_000);
    },
  );
});
