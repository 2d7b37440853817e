import type { Randomness } from '../ports.ts';

/** So many seconds after a try comes the next one (Standard Webhooks 1.0): ten tries in about 75 hours. */
const waitsSeconds = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

export const triesMax = waitsSeconds.length + 1;
/** The longest wait that an endpoint can ask for. */
export const retryAfterSecondsMax = 86_400;
const jitterPermille = 100;

/** Each wait as long as chance can make it. */
export const waitsSecondsMax: readonly number[] = waitsSeconds.map((wait) =>
  Math.ceil((wait * (1000 + jitterPermille)) / 1000),
);

/** The longest that a delivery can take: every wait as long as chance and the endpoint can make it, nine days in all. */
export const scheduleSecondsMax = waitsSecondsMax
  .map((wait) => Math.max(wait, retryAfterSecondsMax))
  .reduce((sum, wait) => sum + wait, 0);

/**
 * When a delivery is tried again that has failed so often; null when that was the last time. A tenth more or less by
 * chance: what has failed at one moment does not come back at one. An endpoint may ask for a longer wait, of a day at
 * most; never for a shorter one.
 */
export function nextTry(randomness: Randomness, { tries, now, retryAfterSeconds }: Tried): Date | null {
  const wait = waitsSeconds[tries - 1];
  if (wait === undefined) return null;
  const permille = 1000 - jitterPermille + randomness.integer(2 * jitterPermille + 1);
  const asked = Math.min(retryAfterSeconds ?? 0, retryAfterSecondsMax) * 1000;
  return new Date(now.getTime() + Math.max(wait * permille, asked));
}

interface Tried {
  /** 1 after the first try. */
  readonly tries: number;
  readonly now: Date;
  /** What the endpoint asked for; null when it did not. */
  readonly retryAfterSeconds: number | null;
}
