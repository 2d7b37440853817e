import { refuseInput } from '../error/refuse-input.ts';
import { t } from '../trpc/trpc.ts';

/**
 * One guess a request: a batch may carry a proof only as its first call, so that a limiter in front of us
 * that counts requests counts guesses. In a middleware, so that it holds behind any host's handler.
 *
 * @throws CountersignError `invalid_input`.
 */
export const refuseBatchedProof = t.middleware(async ({ batchIndex, next }) => {
  assertFirstOfBatch(batchIndex);
  return next();
});

/** The same for a call whose proof is optional. */
export function assertFirstOfBatch(batchIndex: number): void {
  if (batchIndex > 0) throw refuseInput('a call with a proof cannot follow another one in a batch');
}
