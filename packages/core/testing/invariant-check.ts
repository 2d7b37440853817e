import type { Limits } from '../src/limits.ts';

/** One promise, and the rows that break it: `about` names the row, `wrong` says what is there instead. */
export interface InvariantCheck {
  /** The invariant and the promise; every violation begins with it. */
  readonly promise: string;
  /** Uses `$1` the limits as JSON, and `$2` the time where `timed` is set. */
  readonly sql: string;
  readonly timed?: true;
}

export const limit = (name: keyof Limits): string => `($1::jsonb->>'${name}')::int`;

/** How many of the moments lie in the window that ends with one of them, at most. */
export const mostWithin = (moments: string, window: string): string => `(
  SELECT max((SELECT count(*) FROM unnest(${moments}) AS m WHERE m > last - interval '${window}' AND m <= last))
  FROM unnest(${moments}) AS last)`;
