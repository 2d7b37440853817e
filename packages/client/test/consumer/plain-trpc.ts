/** A program of somebody who uses tRPC's own client: compiled by every supported TypeScript, never run. */
import type {
  AuthorizationRequest,
  CountersignErrorData,
  CountersignRouter,
  Event,
} from '@countersign/client';
import { createTRPCClient, httpBatchLink, isTRPCClientError } from '@trpc/client';
import { SuperJSON } from 'superjson';

export const trpc = createTRPCClient<CountersignRouter>({
  links: [httpBatchLink({ url: 'http://127.0.0.1:4020/trpc', transformer: new SuperJSON() })],
});

export async function transfer(): Promise<string> {
  const request: AuthorizationRequest = await trpc.authorizationRequest.create.mutate({
    slug: 'transfer',
    subjectId: 'ada',
    data: { amountCents: 250_000 },
    methods: ['otp'] as const,
    deliverTo: { channel: 'email', address: 'ada@example.org' },
  });
  const expiresAt: Date = request.expiresAt;
  const answer = await trpc.authorizationRequest.grant.mutate({
    id: request.id,
    proof: { method: 'otp', code: '12345678' },
  });
  if (!answer.granted) return `${answer.attemptsLeft} left until ${expiresAt.toISOString()}`;
  const { items } = await trpc.authorizationRequest.list.query();
  const { receipt } = await trpc.authorizationRequest.consume.mutate({
    id: request.id,
    slug: 'transfer',
    subjectId: 'ada',
    data: request.data,
  });
  return `${items.length} ${receipt.consumedAt.getTime()}`;
}

export function follow(): () => void {
  const subscription = trpc.event.stream.subscribe(
    { types: ['authorization_request.granted'] },
    { onData: ({ id, data }) => console.log(id, wordsOf(data)) },
  );
  return () => subscription.unsubscribe();
}

function wordsOf(event: Event): string {
  if (event.type === 'authorization_request.granted')
    return `${event.data.method} until ${event.data.executeBefore}`;
  return event.type === 'authorization_request.denied' ? event.data.reason : event.type;
}

export function retryAt(error: unknown): Date | undefined {
  if (!isTRPCClientError<CountersignRouter>(error) || !error.data) return undefined;
  const data: CountersignErrorData = error.data;
  if (data.reason === 'authorization_required') console.log(data.authorizationRequest.title);
  return data.reason === 'rate_limited' ? data.details?.retryAt : undefined;
}

export const wrong = {
  // @ts-expect-error an unknown key is an error
  key: () => trpc.authorizationRequest.get.query({ id: 'areq_1', subject: 'ada' }),
  // @ts-expect-error the id is missing
  missing: () => trpc.authorizationRequest.cancel.mutate({}),
  // @ts-expect-error no such type of event
  type: () => trpc.event.list.query({ types: ['authorization_request.approved'] }),
};
