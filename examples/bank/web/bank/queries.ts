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

let isLeaving = false;

/** A session ends after half a day; here that is no reason to ask anybody anything. */
function again(failures: number, error: Error): boolean {
  if (isLeaving) return false;
  if (error instanceof TRPCClientError && codeOf(error) === 'UNAUTHORIZED')
    void bank.session.open.mutate().catch(() => undefined);
  return failures < 3;
}

/**
 * The page is about to be loaded as somebody else. What is still asked for the session that ends begins no other one:
 * its cookie could come after that of whoever was chosen.
 */
export async function leaving<Result>(leave: () => Promise<Result>): Promise<Result> {
  isLeaving = true;
  try {
    return await leave();
  } catch (error) {
    isLeaving = false;
    throw error;
  }
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
