import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { getWSConnectionHandler } from '@trpc/server/adapters/ws';
import { createServer, IncomingMessage } from 'node:http';
import { connect, Socket } from 'node:net';
import { SuperJSON } from 'superjson';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { CountersignRouter } from '../src/index.ts';
import { router } from '../src/router.ts';
import { presentationOf } from '../src/websocket/credentials.ts';
import { startTestServer, type TestServer } from '../testing/index.ts';
import { mutate, query } from './support/http.ts';
import { sharedServer } from './support/shared-server.ts';
import { openSocket, reasonOf, type TestSocket } from './support/socket.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const origins = ['https://bank.example'];
const shared = sharedServer({ operations: { transfer }, origins });

/** A socket of the service. */
const open = (server: TestServer = shared()) => openSocket(server.port, { params: server.credential });

describe('a WebSocket', () => {
  it('answers as HTTP answers, value for value', async () => {
    using socket = await open();
    const { result } = await mutate(shared(), 'authorizationRequest.create', transferRequest);
    const { id } = result as { id: string };
    const answer = await socket.call('query', 'authorizationRequest.get', { id });
    expect(new SuperJSON().deserialize(answer.result?.data as never)).toEqual(
      (await query(shared(), 'authorizationRequest.get', { id })).result,
    );
    expect((await socket.call('query', 'method.list')).result?.data?.json).toEqual(
      (await query(shared(), 'method.list')).result,
    );
  });

  it.each<['query' | 'mutation', string, unknown]>([
    ['query', 'authorizationRequest.get', { id: 'areq_none' }],
    ['query', 'authorizationRequest.get', { id: 1 }],
    ['mutation', 'authorizationRequest.create', { slug: '!', surplus: 1 }],
    ['mutation', 'authorizationRequest.cancel', { id: 'areq_none', data: [[[]]] }],
    ['query', 'nothing', undefined],
    ['query', '__proto__', undefined],
    ['query', 'constructor', undefined],
  ])('refuses as HTTP refuses: %s %s %j', async (method, path, input) => {
    using socket = await open();
    const answer = await socket.call(method, path, input);
    const http = await (method === 'query' ? query : mutate)(shared(), path, input);
    expect(answer.error?.json).toEqual(http.error);
    expect(answer.error).toBeDefined();
  });

  it("serves tRPC's own client, calls and streams, through a server that goes away and another that comes", async () => {
    await using server = await startTestServer({ operations: { transfer } });
    const socket = createWSClient({
      url: `ws://localhost:${server.port}/trpc`,
      connectionParams: server.credential,
      WebSocket: globalThis.WebSocket,
      retryDelayMs: () => 10,
    });
    const client = createTRPCClient<CountersignRouter>({
      links: [wsLink({ client: socket, transformer: new SuperJSON() })],
    });
    const seen: string[] = [];
    const started = Promise.withResolvers<void>();
    const subscription = client.event.stream.subscribe(
      { types: ['authorization_request.created'] },
      { onStarted: () => started.resolve(), onData: ({ data }) => void seen.push(data.about.id) },
    );
    await started.promise; // It begins now, and the next call may be faster than this one.
    const create = async () => (await client.authorizationRequest.create.mutate(transferRequest)).id;
    const before = await create();
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([before]);
    const drained = server.cs.drain();
    const meanwhile = await server.cs.createCaller({ kind: 'service' }).authorizationRequest.create({
      ...transferRequest,
      subjectId: 'bob',
    });
    await drained;
    server.attachAnew();
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual([before, meanwhile.id]);
    subscription.unsubscribe();
    await socket.close();
  });

  it('tells each call of a batch its own answer, whatever its neighbours are', async () => {
    using socket = await open();
    socket.send([
      { id: 1, method: 'query', params: { path: 'method.list' } },
      { id: 2, method: 'query', params: { path: 'method.list', input: { json: 1, meta: [] } } },
      { id: 3, method: 'sing', params: {} },
      null,
      { id: 4, method: 'query', params: { path: 'method.list' } },
    ]);
    const reasons = [1, 2, 3, 4].map(async (id) => reasonOf(await socket.answer((one) => one.id === id)));
    expect(await Promise.all(reasons)).toEqual([undefined, 'invalid_input', 'invalid_input', undefined]);
    expect(reasonOf(await socket.answer(({ id }) => id === null))).toBe('invalid_input');
  });

  it('takes at most ten calls in a batch, and tells all of them', async () => {
    using socket = await open();
    socket.send(
      Array.from({ length: 11 }, (_, id) => ({ id, method: 'query', params: { path: 'method.list' } })),
    );
    for (let id = 0; id < 11; id += 1)
      expect(reasonOf(await socket.answer((one) => one.id === id))).toBe('invalid_input');
    socket.send([]);
    expect(reasonOf(await socket.answer((one) => one.id === null))).toBe('invalid_input');
  });

  it('resumes more than ten streams in one message, as the client sends them', async () => {
    using socket = await open();
    socket.send(
      Array.from({ length: 40 }, (_, id) => ({
        id,
        method: 'subscription',
        params: { path: 'event.stream' },
      })),
    );
    for (let id = 0; id < 40; id += 1)
      expect((await socket.answer((one) => one.id === id)).result?.type).toBe('started');
  });

  it.each(['check', 'grant', 'deny'])('judges one proof a message at most: %s', async (verb) => {
    using socket = await open();
    const { id } = (
      await mutate(shared(), 'authorizationRequest.create', { ...transferRequest, subjectId: `one-${verb}` })
    ).result as { id: string };
    const input = { json: { id, proof: { method: 'otp', code: '00000000' } } };
    socket.send(
      Array.from({ length: 5 }, (_, call) => ({
        id: call,
        method: 'mutation',
        params: { path: `authorizationRequest.${verb}`, input },
      })),
    );
    for (let call = 1; call < 5; call += 1)
      expect(reasonOf(await socket.answer((one) => one.id === call))).toBe('invalid_input');
    await socket.answer((one) => one.id === 0);
    const after = await query(shared(), 'authorizationRequest.get', { id });
    expect((after.result as { attemptsLeft: number }).attemptsLeft).toBeGreaterThanOrEqual(4);
  });

  it('takes no second call under the id of one in progress', async () => {
    using socket = await open();
    const call = { id: 'a', method: 'query', params: { path: 'method.list' } };
    socket.send([call, call]);
    await expect.poll(() => socket.answers.filter(({ error }) => error !== undefined)).toHaveLength(1);
    expect(socket.answers.map(reasonOf)).toContain('invalid_input');
  });
});

describe('a credential', () => {
  const reason = async (socket: TestSocket) => reasonOf(await socket.call('query', 'method.list'));

  it('is the connection parameter "authorization", or the header', async () => {
    using byParameter = await open();
    expect(await reason(byParameter)).toBeUndefined();
    using byHeader = await openSocket(shared().port, { headers: shared().credential });
    expect(await reason(byHeader)).toBeUndefined();
  });

  it('is refused when there are two, even equal ones', async () => {
    using both = await openSocket(shared().port, {
      headers: shared().credential,
      params: shared().credential,
    });
    expect(await reason(both)).toBe('invalid_input');
    using proxied = await openSocket(shared().port, {
      headers: { authorization: 'Basic cHJveHk6cHJveHk=' },
      params: shared().credential,
    });
    expect(await reason(proxied)).toBe('invalid_input');
    const request = new IncomingMessage(new Socket());
    const { authorization } = shared().credential;
    request.rawHeaders.push('Authorization', authorization, 'authorization', authorization);
    expect(presentationOf(request, ({ url }) => url)(null).authorizations).toEqual([
      authorization,
      authorization,
    ]);
  });

  it('is never a cookie', async () => {
    const { serviceKey } = shared();
    const cookie = `authorization=Bearer ${serviceKey}; session=${serviceKey}`;
    using socket = await openSocket(shared().port, { headers: { cookie } });
    expect(await reason(socket)).toBe('unauthenticated');
  });

  it.each([
    {},
    null,
    { Authorization: 'Bearer x' },
    { authorization: '' },
    { authorization: 'Bearer ' },
    { authorization: `Bearer csk_${'a'.repeat(40)}` },
  ])('is not %j', async (params) => {
    using socket = await openSocket(shared().port, { params });
    expect(await reason(socket)).toBe('unauthenticated');
  });

  it.each([
    ['a number', 1],
    ['text', 'Bearer x'],
    ['a list', ['Bearer x']],
    ['a number in it', { authorization: 1 }],
    ['an object in it', { authorization: { toString: 'x' } }],
    ['null in it', { authorization: null }],
    ['60,000 characters', { authorization: 'x'.repeat(60_000) }],
  ])('that is %s closes the connection and nothing else', async (_name, params) => {
    using socket = await openSocket(shared().port, { params });
    expect(reasonOf(await socket.answer(({ id }) => id === null))).toBe('invalid_input');
    await socket.closed;
    expect((await query(shared(), 'method.list')).status).toBe(200);
  });

  it.each([
    ['no JSON', 'Bearer x'],
    ['nested 30,000 times', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
    ['a prototype', '{"method":"connectionParams","data":{"__proto__":{"authorization":"Bearer x"}}}'],
    ['a call', '{"id":1,"method":"query","params":{"path":"method.list"}}'],
    ['null', 'null'],
    ['empty', ''],
  ])('whose message is %s closes the connection and nothing else', async (_name, text) => {
    const raw = new WebSocket(`ws://localhost:${shared().port}/trpc?connectionParams=1`);
    await new Promise((resolve) => raw.once('open', resolve));
    const closed = new Promise((resolve) => raw.once('close', resolve));
    raw.send(text);
    await closed;
    raw.terminate();
    expect((await query(shared(), 'method.list')).status).toBe(200);
  });

  it('that comes as bytes closes the connection and nothing else', async () => {
    using socket = await openSocket(shared().port, { path: '/trpc?connectionParams=1' });
    socket.raw.send(Buffer.from(JSON.stringify({ method: 'connectionParams', data: shared().credential })));
    await socket.closed;
    expect((await query(shared(), 'method.list')).status).toBe(200);
  });
});

describe('an upgrade', () => {
  it.each([
    'https://evil.example',
    'http://bank.example',
    'https://bank.example:8443',
    'https://bank.example.evil.example',
    'https://bank.example/',
    'HTTPS://BANK.EXAMPLE',
    'null',
    '',
  ])('is refused to a page of the origin %j', async (origin) => {
    const answer = await rawUpgrade(shared().port, [`Origin: ${origin}`]);
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
    expect(answer).toContain('"reason":"forbidden"');
  });

  it('is refused to two origins', async () => {
    const answer = await rawUpgrade(shared().port, [`Origin: ${origins[0]}`, `Origin: ${origins[0]}`]);
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
  });

  it('is open to a page of a listed origin', async () => {
    using socket = await openSocket(shared().port, { origin: origins[0]!, params: shared().credential });
    expect((await socket.call('query', 'method.list')).result).toBeDefined();
  });

  it.each(['/', '/trpc/', '/trpc/method.list', '/healthz', '/trpcx', '//trpc', '/%74rpc'])(
    'is refused at %s with an answer of HTTP',
    async (path) => {
      const answer = await rawUpgrade(shared().port, [], path);
      expect(answer).toMatch(/^HTTP\/1.1 404 /);
      expect(answer).toContain('"reason":"not_found"');
    },
  );

  it.each(['a b', '[', ':::', '%'])('is refused to the Host %j, which no URL can have', async (host) => {
    expect(await rawUpgrade(shared().port, [], '/trpc', host)).toMatch(/^HTTP\/1.1 400 /);
    expect((await query(shared(), 'method.list')).status).toBe(200);
  });

  it('there, the handler of tRPC alone throws out of an event listener, which ends a process', () => {
    const request = new IncomingMessage(new Socket());
    request.url = '/trpc';
    request.headers.host = 'a b';
    const naive = getWSConnectionHandler({
      router,
      wss: new WebSocketServer({ noServer: true }),
      createContext: () => shared().cs.context(null),
    });
    const socket = new WebSocket(null as never, undefined, {});
    expect(() => naive(socket, request)).toThrow('Invalid URL');
  });

  it.each([
    ['without a key', 'GET /trpc HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    [
      'by POST',
      'POST /trpc HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n',
    ],
  ])('%s becomes no WebSocket', async (_name, request) => {
    expect(await rawAnswer(shared().port, request)).toMatch(/^HTTP\/1.1 (?:4\d\d|200) /);
    expect((await query(shared(), 'method.list')).status).toBe(200);
  });

  it('that another protocol is offered with is answered as the call it is', async () => {
    const request = `GET /trpc/method.list HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${shared().credential.authorization}\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n`;
    expect(await rawAnswer(shared().port, request)).toMatch(/^HTTP\/1.1 200 /);
  });

  it("to a host's own path stays the host's", async () => {
    const server = createServer();
    const { cs } = shared();
    const own = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/own') own.handleUpgrade(request, socket, head, (one) => one.send('own'));
    });
    const attached = cs.attachWebSocket(server);
    expect(() => cs.attachWebSocket(server)).toThrow('already');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const mine = new WebSocket(`ws://localhost:${port}/own`);
    const [greeting] = await new Promise<[Buffer]>((resolve) =>
      mine.once('message', (data) => resolve([data as Buffer])),
    );
    expect(greeting.toString()).toBe('own');
    using socket = await openSocket(port, { params: shared().credential });
    expect((await socket.call('query', 'method.list')).result).toBeDefined();
    mine.terminate();
    await attached.close();
    expect(await socket.closed).toBe(1012);
    await new Promise((resolve) => server.close(resolve));
  });

  it('compresses nothing', async () => {
    const answer = await rawUpgrade(shared().port, [
      'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 101 /);
    expect(answer).not.toMatch(/sec-websocket-extensions/i);
  });
});

function rawUpgrade(
  port: number,
  headers: readonly string[],
  path = '/trpc',
  host = `localhost:${port}`,
): Promise<string> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  ];
  return rawAnswer(port, `${lines.join('\r\n')}\r\n\r\n`);
}

/** The head of the answer to these bytes, and its body when the server closes. */
function rawAnswer(port: number, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (/^HTTP\/1.1 (?:101|200) [^]*\r\n\r\n/.test(answer)) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
