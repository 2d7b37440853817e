import { callTRPCProcedure, getTRPCErrorFromUnknown, TRPCError, type TrackedEnvelope } from '@trpc/server';
import { Hono } from 'hono';
import { logError } from '../error/log-error.ts';
import { problemAnswer } from '../error/problem.ts';
import { assertJson } from '../guard/http/read-json.ts';
import { challengeUnknown } from '../http/challenge.ts';
import { onlyKnownOrigins } from '../http/only-known-origins.ts';
import type { TrpcDoorOptions } from '../http/trpc-door.ts';
import { parametersOf, type QueryParameters } from './query-parameters.ts';
import { readMutation } from './read-mutation.ts';
import { readQuery } from './read-query.ts';
import { restRoot, routesOf, type ProcedureRoute } from './routes.ts';
import { serverSentEvents } from './server-sent.ts';

export interface RestDoorOptions extends TrpcDoorOptions {
  /** Where a token may stand in the URL: no part of the input. */
  readonly queryParameter?: string | null | undefined;
}

/** A route with what its query string is read by. */
interface Entry extends ProcedureRoute {
  readonly parameters: QueryParameters;
}

const verbs: Readonly<Record<ProcedureRoute['type'], readonly string[]>> = {
  query: ['GET', 'HEAD'],
  // HEAD would open a stream to say nothing of it.
  subscription: ['GET'],
  mutation: ['POST'],
};

/**
 * `/api/v1/<router>/<procedure>`: the same procedures in plain JSON, for other languages (docs/adr/0033). A query or a
 * stream is a GET with its input in the query string, a mutation a POST of its input. Between the URL and the
 * procedure there is nothing but reading: who may call, what a token opens and what an input must be is asked where it
 * is asked for tRPC.
 */
export function restDoor(options: RestDoorOptions): Hono {
  const { router, origins, logger, contextOf, streams, scheme = 'Bearer', queryParameter = null } = options;
  let known: ReadonlyMap<string, Entry> | undefined;
  /** Made when the first call comes: whoever speaks tRPC alone does not pay for it. */
  const entries = () =>
    (known ??= new Map(
      routesOf(router).map((route) => [route.path, { ...route, parameters: parametersOf(route.input) }]),
    ));

  async function call(entry: Entry, request: Request): Promise<Response> {
    const { procedure, type } = entry;
    if (type === 'mutation') assertJson(request.headers.get('content-type'));
    const leaving = new AbortController();
    const result: unknown = await callTRPCProcedure({
      router,
      path: procedure,
      type,
      ctx: await contextOf(request),
      getRawInput: once(() => readInput(entry, request, queryParameter)),
      signal: AbortSignal.any([request.signal, leaving.signal]),
      batchIndex: 0,
    });
    if (type !== 'subscription') return Response.json(result, { headers: { 'cache-control': 'no-store' } });
    const events = result as AsyncIterable<TrackedEnvelope<{ readonly type?: string }>>;
    const headers = {
      'content-type': 'text/event-stream',
      // One that a proxy compresses or gathers arrives in lumps.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    };
    return streams.keep(new Response(serverSentEvents(events, { leaving }), { headers }));
  }

  function refuse(cause: unknown, procedure?: string, headers?: Readonly<Record<string, string>>): Response {
    const error = getTRPCErrorFromUnknown(cause);
    logError(logger, error, procedure);
    return problemAnswer(error, headers);
  }

  const app = new Hono();
  app.use(
    `${restRoot}/*`,
    onlyKnownOrigins(origins, (code) => refuse(new TRPCError({ code }))),
    challengeUnknown(scheme),
  );
  app.all(`${restRoot}/*`, async (c) => {
    const request = c.req.raw;
    const entry = entries().get(new URL(request.url).pathname);
    if (entry === undefined) return refuse(new TRPCError({ code: 'NOT_FOUND' }));
    const allow = [...verbs[entry.type], 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow } });
    if (!verbs[entry.type].includes(request.method))
      return refuse(new TRPCError({ code: 'METHOD_NOT_SUPPORTED' }), entry.procedure, { allow });
    return await call(entry, request).catch((cause: unknown) => refuse(cause, entry.procedure));
  });
  return app;
}

async function readInput(
  { type, parameters }: Entry,
  request: Request,
  queryParameter: string | null,
): Promise<unknown> {
  if (type === 'mutation') return await readMutation(request);
  const search = [...new URL(request.url).searchParams].filter(([name]) => name !== queryParameter);
  const input = readQuery(search, parameters);
  // A client that resumes repeats its URL and adds where it was.
  const lastEventId = request.headers.get('last-event-id');
  return type === 'subscription' && lastEventId ? { ...input, lastEventId } : input;
}

/** Who enters and what is parsed are asked one after the other: a body is read once, and by nobody who is refused before. */
function once<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let reading: Promise<Result> | undefined;
  return () => (reading ??= read());
}
