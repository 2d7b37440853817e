import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CountersignContext } from '@countersign/server';
import { initTRPC } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import * as devalue from 'devalue';
import { SuperJSON } from 'superjson';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { createCountersignClient, isCountersignError, type TransformerOption } from '../src/index.ts';
import { openBank, type Bank } from './support/bank.ts';
import { collect } from './support/collect.ts';

const transformers: Record<string, Exclude<TransformerOption, undefined>> = {
  superjson: new SuperJSON(),
  'plain JSON': null,
  devalue: {
    serialize: (value) => devalue.stringify(value),
    deserialize: (text): unknown => devalue.parse(text as string),
  },
};

/** A host's own server, with our router two keys deep in its own, and its own transformer. */
async function startHost({ server: { cs } }: Bank, transformer: TransformerOption) {
  const create = initTRPC.context<CountersignContext>();
  const t = transformer === null ? create.create() : create.create({ transformer });
  const router = t.router({ security: t.router({ countersign: cs.router }) });
  const createContext = () => cs.context({ kind: 'service' });
  const http = createServer(createHTTPHandler({ router, basePath: '/api/trpc/', createContext }));
  const wss = new WebSocketServer({ server: http });
  applyWSSHandler({ wss, router, createContext });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/trpc`,
    async [Symbol.asyncDispose]() {
      for (const socket of wss.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

describe.each(Object.keys(transformers))('in a host that speaks %s', (name) => {
  it.each(['websocket', 'sse'] as const)(
    'gives dates wherever the schema has them, over HTTP and %s',
    async (transport) => {
      await using bank = await openBank();
      const transformer = transformers[name]!;
      await using host = await startHost(bank, transformer);
      await using client = createCountersignClient({
        url: host.url,
        path: 'security.countersign',
        transformer,
        transport,
      });

      const request = await client.authorizationRequest.create(bank.transferOf(1));
      expect(request.createdAt).toBeInstanceOf(Date);
      expect(request.challenge?.expiresAt).toBeInstanceOf(Date);
      expect(request.decidedAt).toBeNull();
      const { items } = await client.authorizationRequest.list();
      expect(items[0]?.expiresAt).toEqual(request.expiresAt);

      const error = await client.authorizationRequest
        .challenge({ id: request.id })
        .catch((reason: unknown) => reason);
      expect(isCountersignError(error, 'rate_limited') && error.details?.retryAt).toBeInstanceOf(Date);

      const seen: unknown[] = [];
      const watching = (async () => {
        for await (const event of request.watch()) {
          seen.push(event.occurredAt);
          if (event.type === 'authorization_request.snapshot') {
            seen.push(event.data.request.createdAt);
            await client.authorizationRequest.cancel({ id: request.id });
          }
        }
      })();
      await watching;
      expect(seen).toEqual([expect.any(Date), request.createdAt, expect.any(Date)]);
    },
  );
});

it.each(['websocket', 'sse'] as const)(
  'says what is wrong over %s when a host does not speak superjson',
  async (transport) => {
    await using bank = await openBank();
    const { id } = await bank.client.authorizationRequest.create(bank.transferOf(1));
    await using host = await startHost(bank, null);
    await using client = createCountersignClient({ url: host.url, path: 'security.countersign', transport });
    const { ended } = collect(client.authorizationRequest.watch({ id }));
    await expect(ended).rejects.toThrow('the server does not speak superjson');
  },
);
