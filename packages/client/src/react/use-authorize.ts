import { useCallback, useEffect, useRef, useState } from 'react';
import { callKey } from '../authorization/call-key.ts';
import { authorizerOf } from './authorizer-of.ts';
import { useCountersignClient } from './provider.tsx';

let functions = 0;

/** By which calls of this function are told from those of every other. */
function nextName(): string {
  functions += 1;
  return `useAuthorize ${functions}`;
}

/**
 * The same function, with whoever is asked to authorize it: when the call is refused with `authorization_required`,
 * the mounted dialog asks the person, and once it is granted the call is made again, with the same arguments. It stays
 * the same function from one render to the next.
 *
 * For what is not called through `authorizationLink` or `authorizationFetch`: the SDK itself, server actions, a client
 * of your own. What it throws must be a refusal of Countersign's, as the SDK and tRPC throw it.
 *
 * Two calls with equal arguments that wait at the same time are one: a double click transfers once. A component that
 * goes away takes nothing with it: what was called goes on, since it is the person's by then, who may be reading the
 * dialog; and they call it off there.
 *
 * @example
 * ```tsx
 * const removeFactor = useAuthorize((id: string) => client.factor.remove({ id }));
 * <button onClick={() => removeFactor(factor.id)}>Remove</button>
 * ```
 * @throws TypeError outside of a CountersignProvider. The function rejects as the given one does, and with
 * AuthorizationCancelled, AuthorizationDenied, AuthorizationExpired.
 */
export function useAuthorize<Arguments extends readonly unknown[], Result>(
  fn: (...given: Arguments) => Promise<Result>,
): (...given: Arguments) => Promise<Result> {
  const client = useCountersignClient();
  const [name] = useState(nextName);
  const latest = useRef(fn);
  useEffect(() => {
    latest.current = fn;
  });
  return useCallback(
    (...given) => {
      // What is repeated is what was called, whatever has been rendered since.
      const call = latest.current;
      return authorizerOf(client).run(callKey(name, given), () => call(...given));
    },
    [client, name],
  );
}
