import { clockAheadMillisecondsMax, isTooFarAhead } from '../clock-ahead.ts';
import type { CoreServices } from '../context.ts';
import type { Executor } from '../database/executor.ts';
import { takeRetention } from './statement/take.ts';

/** The clock of this process says of things that they are over which by the database's clock are not. */
export class ClockAheadError extends Error {
  readonly aheadMilliseconds: number;

  constructor(aheadMilliseconds: number) {
    super(
      `the clock is ${aheadMilliseconds} ms ahead of the database, more than ${clockAheadMillisecondsMax}`,
    );
    this.aheadMilliseconds = aheadMilliseconds;
  }
}

/**
 * The turn of this process at what is old, for as long as the transaction takes. What a clock that is wrong takes for
 * old is not: without the revocation a revoked token would work again at every process whose clock is right.
 *
 * @returns the time by which to judge; null when another process is at it.
 * @throws ClockAheadError when this process must not judge.
 */
export async function beginRetention(
  { clock }: Pick<CoreServices, 'clock'>,
  db: Executor,
): Promise<Date | null> {
  // Before the database is asked: what that takes lets this clock look late, never ahead.
  const now = clock.now();
  const [turn] = await db.query(takeRetention, {});
  if (!turn?.taken) return null;
  const aheadMilliseconds = now.getTime() - turn.now.getTime();
  if (isTooFarAhead(clock, aheadMilliseconds)) throw new ClockAheadError(aheadMilliseconds);
  return now;
}
