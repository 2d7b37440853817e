import { httpBatchLink, httpLink, type Operation, type OperationLink, type TRPCLink } from '@trpc/client';
import type { Credentials } from '../credentials.ts';
import type { Endpoint } from '../endpoint.ts';
import { failureOf } from '../failure.ts';
import type { FetchFunction } from '../options.ts';
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
  readonly credentials: Credentials;
  readonly fetch: FetchFunction;
}

/** What tRPC's links tell: of one call, or of all in a batch. */
interface Sent {
  readonly op?: Operation;
  readonly opList?: readonly Operation[];
}

interface SentInit extends RequestInit {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Http = (call: HttpCall) => Promise<unknown>;

/**
 * tRPC's own links: calls of the same moment in one request, those with a proof each in its own. Used without
 * the client that tRPC builds around links, which weighs more than they do together with this.
 *
 * A call whose token is refused is made once more if there is another one by now. The server has done nothing:
 * it asks who calls before it looks at what is asked.
 */
export function createHttp({ endpoint, wire, credentials, fetch }: HttpOptions): Http {
  async function fetchAsCaller(url: string, { headers, ...init }: SentInit): Promise<Response> {
    const presented = await credentials.presented(headers['authorization'], init.method, url);
    return await fetch(url, { ...init, headers: { ...headers, ...presented } });
  }
  const options = {
    url: endpoint.http,
    transformer: wire,
    // tRPC's own type of `fetch` is looser than the real one, and so is what it passes.
    fetch: fetchAsCaller as never,
    async headers({ op, opList = op ? [op] : [] }: Sent) {
      const authorization = await credentials.authorization();
      for (const { context } of opList) context['authorization'] = authorization;
      return authorization === undefined ? {} : { authorization };
    },
  };
  const single = begin(httpLink(options));
  const batched = begin(httpBatchLink({ ...options, maxItems: batchSizeMax, maxURLLength: urlLengthMax }));
  let lastId = 0;

  return async ({ alone, ...call }) => {
    const send = (context: Operation['context']): Promise<unknown> =>
      answerOf(alone ? single : batched, { ...call, id: (lastId += 1), context });
    const context: Operation['context'] = {};
    try {
      return await send(context);
    } catch (error) {
      if (failureOf(error).reason !== 'unauthenticated') throw error;
      if ((await credentials.authorization()) === context['authorization']) throw error;
      return await send({});
    }
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
