import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createCountersignClient, type ConnectionState, type CountersignClient } from '@countersign/client';
import type { AppRouter } from '../host/router.ts';

/** The bank's own procedures, by a plain tRPC client; the cookie says who calls. */
export const { bank } = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: '/trpc' })] });

/** Countersign's, at the key where the bank has nested them. The bank's router has no transformer. */
export function connectCountersign(onConnection: (state: ConnectionState) => void): CountersignClient {
  return createCountersignClient({ url: '/trpc', path: 'countersign', transformer: null, onConnection });
}
