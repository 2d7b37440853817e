import { initTRPC, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import { SuperJSON } from 'superjson';
import { describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Actor } from '@countersign/core';
import type { CountersignErrorShape } from '../src/index.ts';
import { sharedServer } from './support/shared-server.ts';
import { openSocket, type TestSocket } from './support/socket.ts';
import { startStreamServer } from './support/stream-server.ts';
import { untilStill } from './support/until-still.ts';
import { transfer, transferRequest } from './support/transfer.ts';

const shared = sharedServer({ operations: { transfer } });

/** Reads dates back, and writes them its own way: nothing like superjson. */
const ownTransformer = {
  serialize: (value: unknown) => ({
    own: JSON.stringify(value ?? null, function (this: Record<string, unknown>, key, plain: unknown) {
      const given = this[key];
      return given instanceof Date ? { $date: given.getTime() } : plain;
    }),
  }),
  deserialize: (value: unknown): unknown =>
    JSON.parse((value as { own: string }).own, (_key, part: unknown) =>
      typeof part === 'object' && part !== null && '$date' in part ? new Date(Number(part.$date)) : part,
    ),
};

interface Host {
  readonly name: string;
  readonly encode: (input: unknown) => unknown;
  readonly decode: (output: unknown) => unknown;
  readonly router: () => ReturnType<typeof routerOf>;
}

/** Two levels deep, beside procedures of the host's own. */
function routerOf(t: ReturnType<typeof rootOf>) {
  return t.router({
    security: t.router({ countersign: shared().cs.router, other: t.procedure.query(() => 'other') }),
    fails: t.procedure.query(() => {
      throw new Error('canary of the host');
    }),
  });
}

/** A host whose formatter tells everything: stack, cause, input. */
function rootOf(transformer?: typeof ownTransformer) {
  return initTRPC.context<object>().create({
    ...(transformer === undefined ? {} : { transformer }),
    isDev: true,
    errorFormatter: ({ shape, error, input }) => ({
      ...shape,
      message: `host says: ${error.message}`,
      data: { ...shape.data, stack: error.stack, cause: String(error.cause), input, host: true },
    }),
  });
}

const superjson = new SuperJSON();
const hosts: readonly Host[] = [
  {
    name: 'without a transformer',
    encode: (input) => input,
    decode: (output) => output,
    router: () => routerOf(rootOf()),
  },
  {
    name: 'with a transformer of its own',
    encode: ownTransformer.serialize,
    decode: ownTransformer.deserialize,
    router: () => routerOf(rootOf(ownTransformer)),
  },
  {
    name: 'with superjson',
    encode: (input) => superjson.serialize(input),
    decode: (output) => superjson.deserialize(output as never),
    router: () => routerOf(rootOf(superjson as never)),
  },
];

type Way = (
  type: 'query' | 'mutation' | 'subscription',
  path: string,
  input: unknown,
) => Promise<{ readonly data?: unknown; readonly error?: CountersignErrorShape }>;

const service = { kind: 'service' } as const;
const ours = 'security.countersign';

describe.each(hosts)('nested in a router $name', ({ encode, decode, router }) => {
  /** The same calls over HTTP, server-sent events and the host's own WebSocket server. */
  const overHttp =
    (context: () => object): Way =>
    async (type, path, input) => {
      const search = `?input=${encodeURIComponent(JSON.stringify(encode(input)))}`;
      const answer = await fetchRequestHandler({
        endpoint: '/api',
        router: router(),
        createContext: context,
        req: new Request(`http://host.example/api/${path}${type === 'mutation' ? '' : search}`, {
          headers: { 'content-type': 'application/json' },
          ...(type === 'mutation' ? { method: 'POST', body: JSON.stringify(encode(input)) } : {}),
        }),
      });
      if (type !== 'subscription') {
        const { result, error } = (await answer.json()) as { result?: { data: unknown }; error?: unknown };
        return error === undefined
          ? { data: decode(result?.data) }
          : { error: decode(error) as CountersignErrorShape };
      }
      const text = await answer.text();
      const [, data] = /^event: serialized-error\ndata: (.*)$/m.exec(text) ?? [];
      return { error: decode(JSON.parse(data ?? 'null')) as CountersignErrorShape };
    };

  const overSocket = async (context: () => object): Promise<Way & Disposable> => {
    const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    applyWSSHandler({ wss, router: router(), createContext: context });
    await new Promise((resolve) => wss.once('listening', resolve));
    const socket: TestSocket = await openSocket((wss.address() as AddressInfo).port);
    let lastId = 0;
    const way: Way = async (method, path, input) => {
      const id = (lastId += 1);
      socket.send({ id, method, params: { path, input: encode(input) } });
      const { result, error } = await socket.answer((one) => one.id === id && one.result?.type !== 'started');
      return error === undefined
        ? { data: decode(result?.data) }
        : { error: decode(error) as CountersignErrorShape };
    };
    return Object.assign(way, {
      [Symbol.dispose]() {
        socket[Symbol.dispose]();
        wss.close();
      },
    });
  };

  const eachWay = async (context: () => object, check: (way: Way, isSocket: boolean) => Promise<void>) => {
    await check(overHttp(context), false);
    using socket = await overSocket(context);
    await check(socket, true);
  };
  const as = (actor: Actor | null) => () => ({ user: 'ada', ...shared().cs.context(actor) });

  it('works as it does alone, dates and all', async () => {
    await eachWay(as(service), async (way) => {
      const created = await way('mutation', `${ours}.authorizationRequest.create`, {
        ...transferRequest,
        idempotencyKey: 'nested',
      });
      expect(created.error).toBeUndefined();
      const { id, createdAt } = created.data as { id: string; createdAt: unknown };
      const got = await way('query', `${ours}.authorizationRequest.get`, { id });
      expect(got.data).toMatchObject({ id, state: 'waiting', createdAt });
      expect(await way('query', 'security.other', undefined)).toEqual({ data: 'other' });
    });
  });

  it('keeps the shape of its errors, and shows nothing that the host’s formatter would', async () => {
    await eachWay(as(service), async (way) => {
      const missing = await way('query', `${ours}.authorizationRequest.get`, { id: 'areq_none' });
      expect(missing.error).toEqual({
        message: 'There is nothing here by that id.',
        code: -32004,
        data: { code: 'NOT_FOUND', httpStatus: 404, reason: 'not_found' },
      });
      const watched = await way('subscription', `${ours}.authorizationRequest.watch`, { id: 'areq_none' });
      expect(watched.error).toEqual(missing.error);
      const failed = await way('query', 'fails', undefined);
      expect(failed.error).toMatchObject({ data: { host: true } });
    });
  });

  it('keeps its inputs strict', async () => {
    await eachWay(as(service), async (way) => {
      for (const [type, path, input] of [
        ['mutation', 'authorizationRequest.create', { ...transferRequest, surplus: 1 }],
        ['mutation', 'authorizationRequest.cancel', { id: 'areq_none', surplus: new Date(0) }],
        ['query', 'event.list', { surplus: 1 }],
        ['query', 'authorizationRequest.get', { id: { $ne: null } }],
        ['subscription', 'event.stream', { surplus: 1 }],
        ['subscription', 'authorizationRequest.watch', { id: 'areq_none', surplus: 1 }],
      ] as const) {
        const { error } = await way(type, `${ours}.${path}`, input);
        expect(error?.data).toMatchObject({ reason: 'invalid_input', code: 'BAD_REQUEST', httpStatus: 400 });
        expect(JSON.stringify(error)).not.toMatch(/stack|host|\.ts/);
      }
    });
  });

  it('lets nobody in whom the host does not name', async () => {
    await eachWay(as(null), async (way) => {
      for (const type of ['query', 'subscription'] as const) {
        const path = type === 'query' ? 'method.list' : 'event.stream';
        expect((await way(type, `${ours}.${path}`, {})).error?.data.reason).toBe('unauthenticated');
      }
    });
  });

  it('names what is missing, in the log, when the host forgot our context', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      for (const forgot of [() => ({ user: 'ada' }), () => ({ countersign: undefined })]) {
        await eachWay(forgot, async (way) => {
          for (const type of ['query', 'subscription'] as const) {
            const path = type === 'query' ? 'method.list' : 'event.stream';
            const { error } = await way(type, `${ours}.${path}`, {});
            expect(error?.data).toMatchObject({ reason: 'internal', code: 'INTERNAL_SERVER_ERROR' });
            expect(JSON.stringify(error)).not.toMatch(/cs\.context|stack|Missing/);
            const line = String(written.mock.calls.at(-1)?.[0]);
            expect(line).toContain('MissingContextError');
            expect(line).toContain(String(error?.data.details?.['errorId']));
          }
        });
      }
    } finally {
      written.mockRestore();
    }
  });
});

it('throws the named error to a caller in the host’s process who forgot our context', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const caller = routerOf(rootOf()).createCaller({});
  const error = await caller.security.countersign.method.list().catch((thrown: unknown) => thrown);
  written.mockRestore();
  expect(error).toBeInstanceOf(TRPCError);
  expect((error as TRPCError).cause).toMatchObject({ cause: { name: 'MissingContextError' } });
});

it('counts the streams of a subject over every server of the host', async () => {
  const { cs } = shared();
  const router = routerOf(rootOf());
  const subject = { kind: 'subject', subjectId: 'hosted', sessionId: null } as const;
  const leaving = new AbortController();
  const caller = router.createCaller(cs.context(subject), { signal: leaving.signal });
  for (let stream = 0; stream < 10; stream += 1) await caller.security.countersign.event.stream();
  await expect(caller.security.countersign.event.stream()).rejects.toMatchObject({
    cause: { reason: 'rate_limited' },
  });
  leaving.abort();
  const again = router.createCaller(cs.context(subject), { signal: AbortSignal.timeout(5000) });
  await again.security.countersign.event.stream();
});

it('holds the streams of a host’s own WebSocket server up, when it is told the socket', async () => {
  await using server = await startStreamServer();
  const { cs } = server.server;
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  applyWSSHandler({
    wss,
    router: server.router,
    createContext: ({ res }) => cs.context(service, { socket: res }),
  });
  await new Promise((resolve) => wss.once('listening', resolve));
  using socket = await openSocket((wss.address() as AddressInfo).port);
  socket.raw.pause();
  socket.send({ id: 1, method: 'subscription', params: { path: 'flood', input: { json: null } } });
  await expect.poll(server.handedOut, { timeout: 10_000 }).toBeGreaterThan(10);
  const stopped = await untilStill(server.handedOut);
  socket.raw.resume();
  await expect.poll(server.handedOut, { timeout: 10_000 }).toBeGreaterThan(stopped + 100);
  wss.close();
});

it('knows no socket where a call came over HTTP', () => {
  const { cs } = shared();
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  expect(cs.context(service, { socket: answer as never }).countersign.connection).toBeNull();
  expect(cs.context(service).countersign.connection).toBeNull();
});
