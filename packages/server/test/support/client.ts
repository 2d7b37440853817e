import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import { SuperJSON } from 'superjson';
import type { CountersignRouter } from '../../src/index.ts';
import type { TestServer } from '../../testing/index.ts';

/** tRPC's own client, as a service would use it. */
export function serviceClient(server: TestServer): TRPCClient<CountersignRouter> {
  return clientWith(server, server.credential);
}

/** The same with other headers; with none it is nobody. */
export function clientWith(
  { url }: Pick<TestServer, 'url'>,
  headers: Readonly<Record<string, string>> = {},
): TRPCClient<CountersignRouter> {
  return createTRPCClient<CountersignRouter>({
    links: [httpLink({ url: `${url}/trpc`, transformer: new SuperJSON(), headers })],
  });
}
