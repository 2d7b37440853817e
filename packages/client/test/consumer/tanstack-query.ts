/** The same through tRPC's binding to TanStack Query: its options infer from the generated router. */
import type {
  AuthorizationRequest,
  AuthorizationRequestListOutput,
  CountersignRouter,
} from '@countersign/client';
import { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { trpc } from './plain-trpc.ts';

const queryClient = new QueryClient();
export const options = createTRPCOptionsProxy<CountersignRouter>({ client: trpc, queryClient });

export async function load(): Promise<[AuthorizationRequest, AuthorizationRequestListOutput]> {
  return await Promise.all([
    queryClient.query(options.authorizationRequest.get.queryOptions({ id: 'areq_1' })),
    queryClient.query(options.authorizationRequest.list.queryOptions({ state: 'waiting' })),
  ]);
}

export const denying = options.authorizationRequest.deny.mutationOptions({
  onSuccess: (request) =>
    queryClient.setQueryData(options.authorizationRequest.get.queryKey({ id: request.id }), request),
});

export const watching = options.authorizationRequest.watch.subscriptionOptions(
  { id: 'areq_1' },
  {
    onData: ({ data }) =>
      console.log(data.type === 'authorization_request.snapshot' && data.data.request.title),
  },
);
