import type { AnyTRPCRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Logger } from '@countersign/core';
import { Hono } from 'hono';
import type { CountersignContext } from '../context.ts';
import { logError } from '../error/log-error.ts';
import { challengeUnknown } from './challenge.ts';
import { isEventStream, type EventStreams } from './event-streams.ts';
import { httpLimits } from './limits.ts';
import { limitBody } from './limit-body.ts';
import { onlyJson } from './only-json.ts';
import { onlyKnownOrigins } from './only-known-origins.ts';

export interface TrpcDoorOptions {
  readonly router: AnyTRPCRouter;
  readonly origins: readonly string[];
  readonly logger: Logger;
  readonly contextOf: (request: Request) => Promise<CountersignContext>;
  readonly streams: EventStreams;
  /** The authentication scheme of tokens. */
  readonly scheme?: string;
}

/** `/trpc`: every procedure, over HTTP and server-sent events. The checks stand in the order in which they run. */
export function trpcDoor(options: TrpcDoorOptions): Hono {
  const { router, origins, logger, contextOf, streams, scheme = 'Bearer' } = options;
  const app = new Hono();
  app.use(
    '/trpc/*',
    onlyKnownOrigins(origins),
    challengeUnknown(scheme),
    onlyJson,
    limitBody(httpLimits.bodyBytesMax),
    async (c, next) => {
      await next();
      // A stream that a proxy compresses arrives in lumps.
      c.res.headers.set('cache-control', isEventStream(c.res) ? 'no-store, no-transform' : 'no-store');
    },
  );
  app.all('/trpc/*', async (c) => {
    const answer = await fetchRequestHandler({
      endpoint: '/trpc',
      req: c.req.raw,
      router,
      createContext: () => contextOf(c.req.raw),
      maxBatchSize: httpLimits.batchSizeMax,
      onError: ({ error, path }) => logError(logger, error, path),
    });
    return streams.keep(answer);
  });
  return app;
}
