import type { TRPCLink } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { observable, observableToPromise } from '@trpc/server/observable';
import { callKey } from './call-key.ts';
import { clientErrorOf } from './client-error.ts';
import { createRun, type AuthorizerOptions } from './run.ts';

/**
 * A link of a tRPC client of your own, before the one that sends: a mutation that is refused with
 * `authorization_required` is made again once the person has authorized it, and its caller just waits longer. With
 * neither `onChallenge` nor a mounted dialog the refusal reaches the caller as it came.
 *
 * Mutations with the same path and input that wait at the same time are one: a double click sends money once, and both
 * see what happened. A mutation's own `signal` ends the waiting and cancels the request. So it is for one person, as
 * `client` is: when somebody else signs in, close that, and make both anew.
 *
 * @example
 * ```ts
 * const trpc = createTRPCClient<AppRouter>({
 *   links: [authorizationLink({ client, onChallenge }), httpBatchLink({ url })],
 * });
 * ```
 */
export function authorizationLink(options: AuthorizerOptions): TRPCLink<AnyRouter> {
  const run = createRun(options);
  return () =>
    ({ op, next }) => {
      if (op.type !== 'mutation') return next(op);
      return observable((observer) => {
        const left = new AbortController();
        const signal = op.signal ? AbortSignal.any([op.signal, left.signal]) : left.signal;
        run(callKey(op.path, op.input), (given) => observableToPromise(next({ ...op, signal: given })), {
          signal,
        }).then(
          (answer) => {
            observer.next(answer);
            observer.complete();
          },
          (error: unknown) => observer.error(clientErrorOf(error)),
        );
        return () => left.abort();
      });
    };
}
