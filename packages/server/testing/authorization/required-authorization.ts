import type { AuthorizationRequestView } from '@countersign/core';
import { whatHappened } from './matchers.ts';
import { outcomeOf, type Call } from './outcome.ts';

/**
 * The request that a call was refused with: what a person has to approve before the same call goes through.
 *
 * @example
 * ```ts
 * const request = await requiredAuthorization(bank.transfer(data));
 * await ada.approve(request, { by: 'passkey' });
 * ```
 * @throws Error when the call went through, or failed otherwise; then that error is its cause.
 */
export async function requiredAuthorization(call: Call): Promise<AuthorizationRequestView> {
  const outcome = await outcomeOf(call);
  if (outcome.kind === 'asked') return outcome.request;
  throw new Error(`expected the call to require authorization, but ${whatHappened(outcome)}`, {
    ...(outcome.kind === 'failed' && { cause: outcome.error }),
  });
}
