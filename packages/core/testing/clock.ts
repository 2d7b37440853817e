import type { Clock } from '../src/ports.ts';

/** So much time: `{ minutes: 6 }`. What is left out is none. */
export interface Elapsed {
  readonly milliseconds?: number;
  readonly seconds?: number;
  readonly minutes?: number;
  readonly hours?: number;
  readonly days?: number;
}

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  /** A number means seconds. */
  advance(by: number | Elapsed): void;
  set(moment: Date): void;
}

export function createTestClock(start: Date = new Date()): TestClock {
  // Whole milliseconds from the start: rows come back with exactly the time that was written.
  let milliseconds = start.getTime();
  return {
    now: () => new Date(milliseconds),
    isMovedByHand: true,
    advance(by) {
      milliseconds += millisecondsOf(by);
    },
    set(moment) {
      milliseconds = moment.getTime();
    },
  };
}

function millisecondsOf(by: number | Elapsed): number {
  if (typeof by === 'number') return Math.round(by * 1000);
  const { milliseconds = 0, seconds = 0, minutes = 0, hours = 0, days = 0 } = by;
  return Math.round(milliseconds + 1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days))));
}
