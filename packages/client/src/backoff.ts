import { chance } from './runtime.ts';

export interface BackoffLimits {
  /** The longest first wait. */
  readonly firstMilliseconds: number;
  /** No wait is longer. */
  readonly maxMilliseconds: number;
}

export const backoffDefaults: BackoffLimits = { firstMilliseconds: 100, maxMilliseconds: 30_000 };

export interface Backoff {
  /** How long to wait before the next attempt. */
  next(): number;
  /** An attempt succeeded: begin anew. */
  reset(): void;
}

/**
 * Exponential back-off with full jitter: anything between nothing and the bound, which doubles. Of the
 * variants it makes the fewest calls and spreads a thousand clients best
 * (aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
 */
export function createBackoff({ firstMilliseconds, maxMilliseconds }: BackoffLimits): Backoff {
  let bound = firstMilliseconds;
  return {
    next() {
      const wait = chance() * bound;
      bound = Math.min(maxMilliseconds, bound * 2);
      return wait;
    },
    reset() {
      bound = firstMilliseconds;
    },
  };
}
