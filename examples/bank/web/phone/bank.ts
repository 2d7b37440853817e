import { createTRPCClient, httpBatchLink } from '@trpc/client';
import type { BankRouter } from '../../server/router.ts';

/** The little that the phone asks of the bank itself: whose it is, and to be known. */
export const { phone: bank } = createTRPCClient<BankRouter>({
  links: [httpBatchLink({ url: '/bank/trpc' })],
});
