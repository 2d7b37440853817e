import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { initTRPC, tracked, TRPCError } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { SuperJSON } from 'superjson';
import { WebSocketServer } from 'ws';

/** A small tRPC server, for what a test cannot make the real one do: refuse a token it accepted before. */
export interface SmallServer extends AsyncDisposable {
  readonly url: string;
  /** The tokens it accepts now; streams of others end at once. */
  readonly accepted: Set<string>;
  /** The credentials of the connections so far. */
  readonly seen: string[];
  /** Tells the next event to everybody. */
  tell(): void;
  /** Streams that are being served. */
  readonly running: number;
  /** Tells every WebSocket that it should connect anew; the old one goes on for as long as it is wanted. */
  announceEnd(): void;
  /** Ends every running stream without an error, as a server does that stops. */
  endStreams(): void;
}

interface Context {
  readonly authorization: string;
}

export async function startSmallServer(): Promise<SmallServer> {
  const accepted = new Set<string>();
  const seen: string[] = [];
  let told = 0;
  let generation = 0;
  let running = 0;
  const t = initTRPC.context<Context>().create({
    transformer: new SuperJSON(),
    sse: { ping: { enabled: true, intervalMs: 20 }, client: { reconnectAfterInactivityMs: 200 } },
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      data: { ...shape.data, ...(error.code === 'UNAUTHORIZED' ? { reason: 'unauthenticated' } : {}) },
    }),
  });

  function assertAccepted({ authorization }: Context): void {
    if (!accepted.has(authorization)) throw new TRPCError({ code: 'UNAUTHORIZED' });
  }

  const stream = t.procedure
    .use(({ ctx, next }) => {
      assertAccepted(ctx);
      return next();
    })
    .input((input) => (input ?? {}) as { lastEventId?: string })
    .subscription(async function* ({ ctx, input, signal }) {
      let next = input.lastEventId === undefined ? told : Number(input.lastEventId.replace('evt_', '')) + 1;
      const own = generation;
      running += 1;
      try {
        while (signal?.aborted === false && own === generation) {
          assertAccepted(ctx);
          if (next < told) {
            const id = `evt_${next}`;
            yield tracked(id, { id, type: 'factor.created', occurredAt: new Date(next) });
            next += 1;
          } else await sleep(5);
        }
      } finally {
        running -= 1;
      }
    });
  const router = t.router({ event: { stream } });

  const createContext = (authorization: unknown): Context => {
    const token = String(authorization).replace('Bearer ', '');
    seen.push(token);
    return { authorization: token };
  };
  const server: Server = createServer(
    createHTTPHandler({
      router,
      basePath: '/trpc/',
      createContext: ({ req }) => createContext(req.headers.authorization),
    }),
  );
  const wss = new WebSocketServer({ server });
  const handler = applyWSSHandler({
    wss,
    router,
    createContext: ({ info }) => createContext(info.connectionParams?.['authorization']),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/trpc`,
    accepted,
    seen,
    get running() {
      return running;
    },
    tell: () => void (told += 1),
    announceEnd: () => handler.broadcastReconnectNotification(),
    endStreams: () => void (generation += 1),
    async [Symbol.asyncDispose]() {
      for (const client of wss.clients) client.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
