import type { Actor } from '@countersign/core';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Server } from 'node:http';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { createEventStreams } from '../../src/http/event-streams.ts';
import { createHttpHandler, type HttpHandler } from '../../src/http/handler.ts';
import { listen } from '../../src/http/listen.ts';
import { createPlaces } from '../../src/stream/places.ts';
import { procedure, streamProcedure } from '../../src/trpc/procedure.ts';
import { t } from '../../src/trpc/trpc.ts';
import { attachWebSocket } from '../../src/websocket/attach.ts';
import type { AttachedWebSocket } from '../../src/websocket/attached.ts';
import { socketLimits, type SocketLimits } from '../../src/websocket/limits.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';

/** A server of the same doors and limits as ours, before procedures made to press against them. */
export interface StreamServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly http: Server;
  readonly handler: HttpHandler;
  readonly router: AnyTRPCRouter;
  /** What lies behind. */
  readonly server: TestServer;
  readonly webSocket: AttachedWebSocket;
  /** Items that the streams have handed out so far. */
  handedOut(): number;
  /** Streams that are running. */
  running(): number;
  /** Calls of `hold` that have not returned. */
  held(): number;
  /** Lets every call of `hold` return. */
  release(): void;
  endStreams(): void;
}

/** `Bearer ada` is the subject ada, `Bearer service` the service; anything else is nobody. */
const bearer = /^Bearer ([a-z]+\d*)$/;

function actorOf(authorization: string | null | undefined): Actor | null {
  const [, name] = bearer.exec(authorization ?? '') ?? [];
  if (name === undefined) return null;
  return name === 'service' ? { kind: 'service' } : { kind: 'subject', subjectId: name, sessionId: null };
}

export interface StreamServerOptions {
  readonly limits?: Partial<SocketLimits>;
  readonly connectionsPerSubjectMax?: number;
  readonly origins?: readonly string[];
}

export async function startStreamServer({
  limits = {},
  connectionsPerSubjectMax = 1000,
  origins = [],
}: StreamServerOptions = {}): Promise<StreamServer> {
  const server = await startTestServer();
  const { cs } = server;
  let handedOut = 0;
  let running = 0;
  const waiting = new Set<() => void>();

  const streaming = async function* <Item>(items: AsyncIterable<Item>): AsyncGenerator<Item, void> {
    running += 1;
    try {
      for await (const item of items) {
        handedOut += 1;
        yield item;
      }
    } finally {
      running -= 1;
    }
  };
  const aborted = (signal: AbortSignal | undefined) =>
    new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
  const item = 'x'.repeat(10_000);

  const router = t.router({
    idle: streamProcedure('test.idle').subscription(({ signal }) =>
      streaming(
        (async function* () {
          await aborted(signal);
          yield* [] as string[];
        })(),
      ),
    ),
    /** Endless and fast, and waits at the gate as our streams do. */
    flood: streamProcedure('test.flood').subscription(({ ctx, signal }) =>
      streaming(
        (async function* () {
          while (signal?.aborted === false) {
            await ctx.countersign.connection?.ready(signal);
            yield item;
          }
        })(),
      ),
    ),
    /** The same, of somebody who forgot the gate. */
    ungated: streamProcedure('test.ungated').subscription(({ signal }) =>
      streaming(
        (async function* () {
          while (signal?.aborted === false) {
            await turn();
            yield item;
          }
        })(),
      ),
    ),
    /** An item every 100 ms. */
    slow: streamProcedure('test.slow').subscription(({ signal }) =>
      streaming(
        (async function* () {
          while (signal?.aborted === false) {
            await sleep(100);
            yield 'one';
          }
        })(),
      ),
    ),
    brief: streamProcedure('test.brief').subscription(() =>
      streaming(
        (async function* () {
          await turn();
          yield 'one';
        })(),
      ),
    ),
    failing: streamProcedure('test.failing').subscription(() =>
      streaming(
        (async function* () {
          await turn();
          yield 'one';
          throw new Error('private: canary-4711');
        })(),
      ),
    ),
    refused: streamProcedure('test.refused').subscription((): AsyncGenerator<string, void> => {
      throw new Error('private: canary-4711');
    }),
    hello: procedure('test.hello').query(() => 'hello'),
    large: procedure('test.large').query(() => item.repeat(100)),
    hold: procedure('test.hold').mutation(async () => {
      await new Promise<void>((resolve) => waiting.add(resolve));
      return 'held';
    }),
  });

  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const listener = await listen({ port: 0, host: '127.0.0.1' });
  const streams = createEventStreams();
  const services = { router, origins, logger };
  const handler = createHttpHandler({
    ...services,
    core: cs.core,
    streams,
    contextOf: async (request) => cs.context(actorOf(request.headers.get('authorization')), { request }),
  });
  listener.answerWith(handler);
  const webSocket = attachWebSocket(
    listener.server,
    {
      ...services,
      connections: createPlaces(connectionsPerSubjectMax),
      credentials: cs.context(null).countersign.credentials,
      identify: async ({ authorizations: [one] }) => cs.context(actorOf(one)).countersign.caller,
      contextOf: (caller, socket) => cs.context(caller, { socket }),
    },
    { ...socketLimits, ...limits },
  );
  const release = () => {
    for (const one of waiting) one();
    waiting.clear();
  };
  return {
    url: `http://localhost:${listener.port}`,
    port: listener.port,
    http: listener.server,
    handler,
    router,
    server,
    webSocket,
    handedOut: () => handedOut,
    running: () => running,
    held: () => waiting.size,
    release,
    endStreams: () => streams.end(),
    async [Symbol.asyncDispose]() {
      release();
      streams.end();
      await Promise.all([listener.close(), webSocket.close()]);
      await server[Symbol.asyncDispose]();
    },
  };
}

/** `{ authorization: 'Bearer ada' }` */
export function as(name: string): { readonly authorization: string } {
  return { authorization: `Bearer ${name}` };
}
