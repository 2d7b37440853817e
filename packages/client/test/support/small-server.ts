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
  /** The credentials of the connections and calls so far. */
  readonly seen: string[];
  /** Calls and streams that were refused, or ended because their token is not accepted any more. */
  readonly refusals: number;
  /** The proofs that came with them. */
  readonly proofs: unknown[];
  /** What `authorizationRequest.cancel` was asked, each time it happened. */
  readonly cancelled: string[];
  /** Tells the next event to everybody. */
  tell(): void;
  /** Streams that are being served. */
  readonly running: number;
  /** Tells every WebSocket that it should connect anew; the old one goes on for as long as it is wanted. */
  announceEnd(): void;
  /** Ends every running stream without an error, as a server does that stops. */
  endStreams(): void;
  /** Closes every WebSocket with this code. */
  closeSockets(code: number): void;
  /** Accepts no stream for longer than a moment. */
  isFickle: boolean;
}

interface Context {
  readonly authorization: string;
}

export async function startSmallServer({ pings = true } = {}): Promise<SmallServer> {
  const accepted = new Set<string>();
  const seen: string[] = [];
  const proofs: unknown[] = [];
  const cancelled: string[] = [];
  let told = 0;
  let generation = 0;
  let running = 0;
  let refusals = 0;
  const t = initTRPC.context<Context>().create({
    transformer: new SuperJSON(),
    sse: pings
      ? { ping: { enabled: true, intervalMs: 20 }, client: { reconnectAfterInactivityMs: 200 } }
      : {},
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      data: { ...shape.data, ...(error.code === 'UNAUTHORIZED' ? { reason: 'unauthenticated' } : {}) },
    }),
  });

  function assertAccepted({ authorization }: Context): void {
    if (accepted.has(authorization)) return;
    refusals += 1;
    throw new TRPCError({ code: 'UNAUTHORIZED' });
  }

  const procedure = t.procedure.use(({ ctx, next }) => {
    assertAccepted(ctx);
    return next();
  });
  const stream = procedure
    .input((input) => (input ?? {}) as { lastEventId?: string })
    .subscription(async function* ({ ctx, input, signal }) {
      let next = input.lastEventId === undefined ? told : Number(input.lastEventId.replace('evt_', '')) + 1;
      const own = generation;
      running += 1;
      try {
        while (signal?.aborted === false && own === generation) {
          assertAccepted(server.isFickle ? { authorization: '' } : ctx);
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
  const cancel = procedure
    .input((input) => input as { id: string })
    .mutation(({ input }) => void cancelled.push(input.id));
  const router = t.router({
    event: { stream },
    authorizationRequest: { cancel },
    method: { list: procedure.query(() => []) },
  });

  const createContext = (authorization: unknown, proof: unknown): Context => {
    const token = String(authorization).replace('Bearer ', '');
    seen.push(token);
    proofs.push(proof);
    return { authorization: token };
  };
  const http: Server = createServer(
    createHTTPHandler({
      router,
      basePath: '/trpc/',
      createContext: ({ req }) => createContext(req.headers.authorization, req.headers['dpop']),
    }),
  );
  const wss = new WebSocketServer({ server: http });
  const handler = applyWSSHandler({
    wss,
    router,
    createContext: ({ info: { connectionParams } }) =>
      createContext(connectionParams?.['authorization'], connectionParams?.['dpop']),
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: SmallServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/trpc`,
    accepted,
    seen,
    proofs,
    cancelled,
    isFickle: false,
    get running() {
      return running;
    },
    get refusals() {
      return refusals;
    },
    tell: () => void (told += 1),
    announceEnd: () => handler.broadcastReconnectNotification(),
    endStreams: () => void (generation += 1),
    closeSockets(code) {
      for (const client of wss.clients) client.close(code);
    },
    async [Symbol.asyncDispose]() {
      for (const client of wss.clients) client.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}
