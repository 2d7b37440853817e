import type { AuthorizationRequestHandle } from '../authorization-request/handle.ts';
import type { CountersignClient } from '../countersign-client.ts';
import { dataOf, isCountersignError, recordOf } from '../error.ts';

/**
 * The id of the request that a refused call must have granted first; undefined for every other error. It is told alike
 * by this client, by tRPC's under any transformer, and by a host with an error formatter of its own.
 */
export function refusedFor(error: unknown): string | undefined {
  const { reason, authorizationRequest } = isCountersignError(error) ? error : dataOf(error);
  const { id } = recordOf(authorizationRequest);
  return reason === 'authorization_required' && typeof id === 'string' ? id : undefined;
}

/**
 * The request of a refusal, as the server of this client tells it. Whoever answers a call may write into a refusal what
 * it likes; so its id alone is believed, and what the person is shown, and what makes two calls the same, is read here.
 *
 * Undefined for every other error, and for a request that cannot be read, because it is unknown for this person, say:
 * nobody can be asked for it, and the call has not happened.
 */
export async function requestOf(
  { authorizationRequest }: CountersignClient,
  error: unknown,
): Promise<AuthorizationRequestHandle | undefined> {
  const id = refusedFor(error);
  return id === undefined ? undefined : await authorizationRequest.get({ id }).catch(() => undefined);
}
