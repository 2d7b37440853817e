import type { WithoutToken } from './enter.ts';

export interface PaidOrPassed {
  readonly withoutToken: WithoutToken;
  readonly pays: object | undefined;
}

/**
 * A route that does what somebody has authorized, and is open to who presents nothing, does it for nothing.
 *
 * @throws TypeError
 */
export function assertNobodyPassesUnpaid({ withoutToken, pays }: PaidOrPassed): void {
  if (pays !== undefined && withoutToken === 'pass')
    throw new TypeError(
      "A route with pays is open to nobody without a token: leave out withoutToken: 'pass'.",
    );
}
