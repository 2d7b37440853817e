/** What guards a host's calls, as a program of somebody else's sees it: compiled by every supported TypeScript. */
import {
  AuthorizationCancelled,
  authorizationFetch,
  authorizationLink,
  createAuthorizer,
  createCountersignClient,
  type CountersignRouter,
  type PendingAuthorization,
} from '@countersign/client';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { SuperJSON } from 'superjson';

const client = createCountersignClient({ url: 'http://127.0.0.1:4020/trpc' });
const onChallenge = ({ request, signal, cancel }: PendingAuthorization): void => {
  signal.addEventListener('abort', () => console.log(request.state));
  if (request.facts.length === 0) cancel();
};

export const trpc = createTRPCClient<CountersignRouter>({
  links: [
    authorizationLink({ client, onChallenge }),
    httpBatchLink({ url: 'http://127.0.0.1:4020/trpc', transformer: new SuperJSON() }),
  ],
});

export const guardedFetch: typeof fetch = authorizationFetch({ client });

export async function remove(id: string): Promise<string | null> {
  try {
    const { removed } = await createAuthorizer({ client }).run(id, () => client.factor.remove({ id }));
    return `${removed}`;
  } catch (error) {
    if (error instanceof AuthorizationCancelled) return error.request?.title ?? null;
    throw error;
  }
}
