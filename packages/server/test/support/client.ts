import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import { SuperJSON } from 'superjson';
import type { CountersignRouter } from '../../src/index.ts';
import type { TestServer } from '../../testing/index.ts';

/** tRPC's own client, as a service would use it. */
export function serviceClient(server: TestServer): TRPCClient<CountersignRouter> {
  return createTRPCClient<CountersignRouter>({
    links: [
      httpLink({ url: `${server.url}/trpc`, transformer: new SuperJSON(), headers: server.credential }),
    ],
  });
}
