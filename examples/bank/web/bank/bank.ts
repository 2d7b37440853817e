import { authorizationLink, createCountersignClient } from '@countersign/client';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import type { BankRouter } from '../../server/router.ts';
import { tellAsked } from './asked.ts';
import { tellConnection } from './connection.ts';
import { keepToken } from './page-token.ts';

/** The client of Countersign, for the session that the bank's cookie names. */
export const client = createCountersignClient({
  url: '/trpc',
  token: keepToken(() => bank.session.token.mutate()),
  onConnection: tellConnection,
});

/** The bank's procedures. The first link is all that makes guarded ones ask the person; no call knows of it. */
export const bank = createTRPCClient<BankRouter>({
  links: [
    authorizationLink({ client, onAsked: tellAsked }),
    httpBatchLink({ url: '/bank/trpc', maxItems: 10 }),
  ],
});
