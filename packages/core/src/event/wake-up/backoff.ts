import type { Randomness } from '../../ports.ts';

/** How long to wait before the next try. */
export interface Backoff {
  /** Twice as long each time; between half of it and all of it, so that many nodes do not come back together. */
  next(): number;
  reset(): void;
}

export function createBackoff(
  randomness: Randomness,
  { firstMs, longestMs }: { readonly firstMs: number; readonly longestMs: number },
): Backoff {
  let wholeMs = firstMs;
  return {
    next() {
      const halfMs = Math.ceil(wholeMs / 2);
      wholeMs = Math.min(wholeMs * 2, longestMs);
      return halfMs + randomness.integer(halfMs + 1);
    },
    reset() {
      wholeMs = firstMs;
    },
  };
}
