import type { Clock } from './ports.ts';

/**
 * By how much the clock of a process may be ahead of the database's where it says what is deleted. With a time service
 * they are milliseconds apart; what is deleted was over for days, or held for one.
 */
export const clockAheadMillisecondsMax = 300_000;

/** Whether what this clock takes for over may still be needed by processes whose clocks are right. */
export function isTooFarAhead(clock: Clock, aheadMilliseconds: number): boolean {
  return clock.isMovedByHand !== true && aheadMilliseconds > clockAheadMillisecondsMax;
}
