import { httpBatchLink, httpLink, type Operation, type OperationLink, type TRPCLink } from '@trpc/client';
import type { Endpoint } from '../endpoint.ts';
import type { FetchFunction, TokenSource } from '../options.ts';
import { bearerOf } from '../token.ts';
import type { Wire } from '../transformer.ts';

/** As many as the server takes at once. */
const batchSizeMax = 10;
/** What every proxy lets through; a longer batch is sent as several. */
const urlLengthMax = 4000;

export interface HttpCall {
  readonly type: 'query' | 'mutation';
  readonly path: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
  /** Never together with others: a server refuses a proof that shares a request. */
  readonly alone: boolean;
}

export interface HttpOptions {
  readonly endpoint: Endpoint;
  readonly wire: Wire;
  readonly token: TokenSource | undefined;
  readonly fetch: FetchFunction | undefined;
}

export type Http = (call: HttpCall) => Promise<unknown>;

/**
 * tRPC's own links: calls of the same moment in one request, those with a proof each in its own. Used without
 * the client that tRPC builds around links, which weighs more than they do together with this.
 */
export function createHttp({ endpoint, wire, token, fetch }: HttpOptions): Http {
  const options = {
    url: endpoint.http,
    transformer: wire,
    headers: async () => {
      const authorization = await bearerOf(token);
      return authorization === undefined ? {} : { authorization };
    },
    // tRPC's own type of `fetch` is looser than the real one, and so is what it passes.
    ...(fetch ? { fetch: fetch as never } : {}),
  };
  const single = begin(httpLink(options));
  const batched = begin(httpBatchLink({ ...options, maxItems: batchSizeMax, maxURLLength: urlLengthMax }));
  let lastId = 0;

  return ({ alone, ...call }) => {
    const operation = { ...call, id: (lastId += 1), context: {} };
    return answerOf(alone ? single : batched, operation);
  };
}

function begin(link: TRPCLink<never>): OperationLink<never> {
  return link({});
}

function answerOf(link: OperationLink<never>, op: Operation): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const next = (): never => {
      throw new Error('no link follows');
    };
    link({ op, next }).subscribe({
      next: ({ result }) => resolve('data' in result ? result.data : undefined),
      error: reject,
    });
  });
}
