import { staleSeconds } from '../../keep-current.ts';
import { lifetimeSecondsMax } from '../cst1/format.ts';

/**
 * How long a key must have been `next` before it may mint. A node trusts what it has read for `staleSeconds`, so
 * after that time and a read every node that accepts anything has heard of the key.
 */
export const nextSecondsMin = staleSeconds + 5;

/** How far clocks of nodes may differ, and how long a mint may take; on the side of knowing something too long. */
const clockSecondsMax = 300;

/** The latest expiry that a token minted up to now can have. */
export function latestExpiry(now: Date): Date {
  return new Date(now.getTime() + (lifetimeSecondsMax + clockSecondsMax) * 1000);
}
