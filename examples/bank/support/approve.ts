import type { AuthorizationRequest } from '@countersign/client';
import { TRPCClientError } from '@trpc/client';
import type { Visitor } from './visitor.ts';

export interface InboxMessage {
  readonly to: string;
  readonly channel: string;
  readonly text: string;
  readonly code: string;
}

/** Newest first. */
export async function inboxOf(url: string, to: string): Promise<readonly InboxMessage[]> {
  const answer = await fetch(`${url}/inbox/messages`);
  return ((await answer.json()) as InboxMessage[]).filter((message) => message.to === to);
}

/** What a guarded call is refused for. */
export async function askedBy(call: Promise<unknown>): Promise<AuthorizationRequest> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TRPCClientError)) throw new Error('it was not refused', { cause: error });
  const { httpStatus, reason, authorizationRequest } = error.data as Record<string, unknown>;
  if (httpStatus !== 428 || reason !== 'authorization_required') throw error;
  return authorizationRequest as AuthorizationRequest;
}

/** By the code that is sent to this address; it has left already where there was no other way to ask. */
export async function approveByCode(url: string, { countersign }: Visitor, id: string, to: string) {
  const { challenge } = await countersign.authorizationRequest.get({ id });
  if (challenge === null) await countersign.authorizationRequest.challenge({ id, method: 'otp' });
  const [newest] = await inboxOf(url, to);
  const { granted } = await countersign.authorizationRequest.grant({
    id,
    proof: { method: 'otp', code: newest?.code ?? '' },
  });
  if (!granted) throw new Error('the code was wrong');
}
