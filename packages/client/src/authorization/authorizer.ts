import type { CallOptions } from '../generated/client.ts';
import type { AuthorizationRequest } from '../generated/schema.ts';
import { ask, nobodyWaits } from './ceremony.ts';
import { createRun, handlerOf, type AuthorizerOptions } from './run.ts';
import { inTurn, isInnerCall } from './turns.ts';
import { unlessGiven } from './unless-given.ts';

export interface Authorizer {
  /**
   * Makes the call; when it is refused with `authorization_required` the person is asked, and once the request is
   * granted the call is made again. With nobody to ask, or a request that the client cannot read, the refusal is the
   * answer, as it came.
   *
   * Calls with the same key that wait for the same authorization are one: asked once, made once, and its outcome is
   * that of all. Others wait their turn. A call whose answer was lost is never repeated: it may have happened.
   *
   * @param key what the call is and does: name and input.
   * @param call is given a signal of its own; the one in `options` ends the waiting and cancels the request.
   * @throws AuthorizationDenied, AuthorizationExpired, AuthorizationCancelled; CountersignError `already_consumed` when
   * the grant was used elsewhere, in another tab say, and whatever ends the waiting; else what the call throws.
   */
  run<T>(
    key: string,
    call: (signal: AbortSignal | undefined) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>;
  /**
   * Goes on after a reload: has the person asked if the request still waits, and answers the granted one, whose `data`
   * is what to make the call with. The call then finds its grant. The signal ends the waiting and leaves the request
   * as it is.
   *
   * @throws as `run`; CountersignError `not_found` when it is unknown, or somebody else's.
   */
  resume(id: string, options?: CallOptions): Promise<AuthorizationRequest>;
}

/**
 * Whatever can be refused for want of an authorization, made good: calls of the SDK, server actions, a client of your
 * own. For tRPC there is `authorizationLink`, for plain fetch `authorizationFetch`.
 *
 * One for each person, and so its client: identical calls share their answer. When somebody else signs in, close the
 * client, and make both anew.
 *
 * @example
 * ```ts
 * const authorizer = createAuthorizer({ client, onChallenge: ({ request }) => show(request) });
 * await authorizer.run(`remove ${id}`, () => client.factor.remove({ id }));
 * ```
 */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { authorizationRequest } = options.client;
  return {
    run: createRun(options),
    async resume(id, { signal = new AbortController().signal } = {}) {
      return await unlessGiven(signal, goOn(id, signal), (reason) => nobodyWaits(null, reason));
    },
  };

  async function goOn(id: string, signal: AbortSignal): Promise<AuthorizationRequest> {
    const isInner = isInnerCall(options.client);
    const request = await authorizationRequest.get({ id }, { signal });
    if (request.state !== 'waiting') return await request.granted({ signal });
    return await inTurn(options.client, isInner, async (hasWaited) => {
      const standing = hasWaited ? await authorizationRequest.get({ id }, { signal }) : request;
      return await ask(options.client, standing, handlerOf(options), signal);
    });
  }
}
