import { dataOf, isCountersignError, recordOf } from '../error.ts';
import { authorizationRequest as dates } from '../generated/dates.ts';
import type { AuthorizationRequest } from '../generated/schema.ts';
import { revive } from '../revive.ts';

/**
 * The request that a refused call must have granted first; undefined for every other error. It is told alike by this
 * client, by tRPC's under any transformer, and by a host with an error formatter of its own.
 *
 * Dates are revived in a copy: the refusal may yet reach the caller, and is to be as it came.
 */
export function refusedFor(error: unknown): AuthorizationRequest | undefined {
  if (isCountersignError(error, 'authorization_required')) return error.authorizationRequest;
  const { reason, authorizationRequest } = dataOf(error);
  const isRefusal =
    reason === 'authorization_required' && typeof recordOf(authorizationRequest)['id'] === 'string';
  return isRefusal
    ? (revive(structuredClone(authorizationRequest), dates) as AuthorizationRequest)
    : undefined;
}
