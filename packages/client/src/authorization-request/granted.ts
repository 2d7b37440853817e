import { AuthorizationCancelled, AuthorizationDenied, AuthorizationExpired } from '../decision.ts';
import type { CallOptions } from '../generated/client.ts';
import type { AuthorizationRequest, AuthorizationRequestWatchEvent } from '../generated/schema.ts';
import { isDecision } from './last-event.ts';
import { pause } from '../pause.ts';

export interface Watched {
  get(options: CallOptions): Promise<AuthorizationRequest>;
  watch(options: CallOptions): AsyncIterable<AuthorizationRequestWatchEvent>;
}

/** Between two watches of a request that still waits though nothing more was to come. */
const betweenWatchesMilliseconds = 500;

/**
 * Waits for the decision. Events only tell that it is time to look: what is answered was read from the
 * request itself, so a late or repeated event changes nothing.
 */
export async function granted(
  { get, watch }: Watched,
  { signal = new AbortController().signal }: CallOptions = {},
): Promise<AuthorizationRequest> {
  let latest: AuthorizationRequest | null = null;
  try {
    for (;;) {
      for await (const event of watch({ signal })) {
        if (event.type === 'authorization_request.snapshot') latest = event.data.request;
        if (isDecision(event)) break;
      }
      signal.throwIfAborted();
      latest = await get({ signal });
      if (latest.state !== 'waiting') break;
      await pause(betweenWatchesMilliseconds, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new AuthorizationCancelled('Nobody waits for it any more.', latest, signal.reason);
  }
  return grantOf(latest);
}

/**
 * A grant stays one, also when it was used meanwhile or its time has passed. Nothing else is one: not a state
 * that a newer server knows, and not the answer of something that is no such server.
 */
function grantOf(request: AuthorizationRequest): AuthorizationRequest {
  switch (request.state) {
    case 'granted':
      return request;
    case 'denied':
      throw new AuthorizationDenied('The authorization was denied.', request);
    case 'cancelled':
      throw new AuthorizationCancelled('The authorization was called off.', request);
    case 'expired':
      throw new AuthorizationExpired('Nobody answered in time.', request);
    case 'waiting':
    default:
      throw new TypeError('the request has no state that a decision leads to');
  }
}
