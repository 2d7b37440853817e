import type { Clock } from '../src/ports.ts';

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  advance(seconds: number): void;
  set(moment: Date): void;
}

export function createTestClock(start: Date = new Date()): TestClock {
  // Whole milliseconds from the start: rows come back with exactly the time that was written.
  let milliseconds = start.getTime();
  return {
    now: () => new Date(milliseconds),
    advance(seconds) {
      milliseconds += Math.round(seconds * 1000);
    },
    set(moment) {
      milliseconds = moment.getTime();
    },
  };
}
