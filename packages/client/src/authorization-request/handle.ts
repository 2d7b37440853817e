import type { CallOptions } from '../generated/client.ts';
import type { AuthorizationRequest, AuthorizationRequestWatchEvent } from '../generated/schema.ts';
import { granted, type Watched } from './granted.ts';

/**
 * An authorization request that can be waited for. The two methods are not enumerable: printed, cloned, stored
 * or sent it is the plain request. After a reload, `client.authorizationRequest.get({ id })` gives it back.
 */
export interface AuthorizationRequestHandle extends AuthorizationRequest {
  /**
   * Waits for the decision, across reconnections, and answers the granted request; at once if there is one.
   *
   * @throws AuthorizationDenied, AuthorizationExpired, AuthorizationCancelled (also when the signal is given);
   * CountersignError when the request cannot be read any more.
   *
   * @example
   * ```ts
   * const granted = await request.granted({ signal: AbortSignal.timeout(60_000) });
   * ```
   */
  granted(options?: CallOptions): Promise<AuthorizationRequest>;
  /** What happens to it: how it stands first, then every event in order; ends by itself after the last one. */
  watch(options?: CallOptions): AsyncIterable<AuthorizationRequestWatchEvent>;
}

export function handleOf(
  request: AuthorizationRequest,
  { get, watch }: { get: Watched['get']; watch: AuthorizationRequestHandle['watch'] },
): AuthorizationRequestHandle {
  const methods: Pick<AuthorizationRequestHandle, 'granted' | 'watch'> = {
    granted: (options) => granted({ get, watch }, options),
    watch,
  };
  const hidden = Object.entries(methods).map(([key, value]) => [key, { value }] as const);
  return Object.defineProperties(request, Object.fromEntries(hidden)) as AuthorizationRequestHandle;
}
