import { createTRPCClient, httpBatchLink, splitLink, wsLink, type TRPCClientError } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { SuperJSON } from 'superjson';
import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  AuthorizationCancelled,
  authorizationFetch,
  authorizationLink,
  createAuthorizer,
  createCountersignClient,
  type AuthorizationRequest,
  type PendingAuthorization,
} from '../../src/index.ts';
import type { GuardedRouter } from '../support/guarded-bank.ts';

const url = 'http://localhost:4020/trpc';
const client = createCountersignClient({ url });

it('stands before the links of any router, with a transformer and without', () => {
  const link = authorizationLink({
    client,
    onChallenge: (pending) => void expectTypeOf(pending).toEqualTypeOf<PendingAuthorization>(),
  });
  const trpc = createTRPCClient<GuardedRouter>({ links: [link, httpBatchLink({ url })] });
  expectTypeOf(trpc.bank.transfer.mutate).parameter(0).toEqualTypeOf<{ to: string; amountCents: number }>();
  expectTypeOf(trpc.bank.transfer.mutate).returns.resolves.toHaveProperty('sent').toEqualTypeOf<number>();

  const t = initTRPC.create({ transformer: SuperJSON });
  const router = t.router({ add: t.procedure.input(z.date()).mutation(({ input }) => input) });
  const dated = createTRPCClient<typeof router>({
    links: [
      authorizationLink({ client }),
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: wsLink({ client: undefined as never, transformer: SuperJSON }),
        false: httpBatchLink({ url, transformer: SuperJSON }),
      }),
    ],
  });
  expectTypeOf(dated.add.mutate).returns.resolves.toEqualTypeOf<Date>();
});

it('gives back what the call gives', () => {
  const authorizer = createAuthorizer({ client });
  expectTypeOf(authorizer.run('add', async () => 1)).resolves.toEqualTypeOf<number>();
  expectTypeOf(authorizer.resume).returns.resolves.toEqualTypeOf<AuthorizationRequest>();
  expectTypeOf(authorizationFetch({ client })).toExtend<typeof fetch>();
});

it('narrows what a caller of the host’s client catches', () => {
  const error = new Error() as TRPCClientError<GuardedRouter>;
  if (error instanceof AuthorizationCancelled)
    expectTypeOf(error.request).toEqualTypeOf<AuthorizationRequest | null>();
});
