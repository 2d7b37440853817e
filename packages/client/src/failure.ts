import { CountersignError, dataOf, isCountersignError, recordOf } from './error.ts';
import { errorData } from './generated/dates.ts';
import type { ErrorReason } from './generated/errors.ts';
import type { AuthorizationRequest } from './generated/schema.ts';
import { revive } from './revive.ts';

/**
 * Anything a call can fail with, as our error: an answer keeps its reason; everything else means that none
 * came: no network, a proxy's page.
 */
export function failureOf(thrown: unknown): CountersignError {
  if (isCountersignError(thrown)) return thrown;
  const { reason, code, httpStatus, details, authorizationRequest } = recordOf(
    revive(dataOf(thrown), errorData),
  );
  if (typeof code !== 'string') return connectionFailed(thrown);
  return new CountersignError({
    reason: typeof reason === 'string' ? (reason as ErrorReason) : (hostReasons.get(code) ?? 'internal'),
    message: messageOf(thrown),
    code,
    httpStatus: typeof httpStatus === 'number' ? httpStatus : undefined,
    details,
    authorizationRequest: authorizationRequest as AuthorizationRequest | undefined,
  });
}

/** What tRPC's client wraps is the cause. */
export function connectionFailed(thrown: unknown): CountersignError<'connection_failed'> {
  return new CountersignError({
    reason: 'connection_failed',
    message: 'No answer of a Countersign server came.',
    cause: recordOf(thrown)['cause'] ?? thrown,
  });
}

/** What a host's own code refuses before our procedures are asked has tRPC's code only. */
const hostReasons: ReadonlyMap<string, ErrorReason> = new Map([
  ['BAD_REQUEST', 'invalid_input'],
  ['UNAUTHORIZED', 'unauthenticated'],
  ['FORBIDDEN', 'forbidden'],
  ['NOT_FOUND', 'not_found'],
  ['TOO_MANY_REQUESTS', 'rate_limited'],
  ['SERVICE_UNAVAILABLE', 'unavailable_dependency'],
]);

function messageOf(thrown: unknown): string {
  const { message } = recordOf(thrown);
  return typeof message === 'string' ? message : 'The call was refused.';
}
