import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';
import { bank } from './bank.ts';

/** The server is on this machine: whether there is an internet says nothing about it. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: { networkMode: 'always', retry: again, retryDelay: 400 },
    mutations: { networkMode: 'always' },
  },
});

/** A session ends after half a day; here that is no reason to ask anybody anything. */
function again(failures: number, error: Error): boolean {
  if (error instanceof TRPCClientError && codeOf(error) === 'UNAUTHORIZED')
    void bank.session.open.mutate().catch(() => undefined);
  return failures < 3;
}

function codeOf({ data }: { readonly data: unknown }): unknown {
  return (data as { code?: unknown } | null | undefined)?.code;
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => bank.session.open.mutate(),
});
export const accountsQuery = queryOptions({ queryKey: ['accounts'], queryFn: () => bank.accounts.query() });
export const recipientsQuery = queryOptions({
  queryKey: ['recipients'],
  queryFn: () => bank.recipients.query(),
});
export const codeQuery = queryOptions({
  queryKey: ['code'],
  queryFn: () => bank.code.guarded.query(),
  staleTime: Infinity,
});
export const historyQuery = (account: string) =>
  infiniteQueryOptions({
    queryKey: ['history', account],
    queryFn: ({ pageParam }) => bank.history.query({ account, cursor: pageParam, limit: 12 }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

/** What a movement of money changes. */
export async function refreshMoney(): Promise<void> {
  await Promise.all(
    ['accounts', 'history', 'recipients'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
  );
}
