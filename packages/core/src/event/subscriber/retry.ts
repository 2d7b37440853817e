import type { SubscriberRow } from './row.ts';

/** One second after the first failure, then doubling. With at most five minutes twenty tries are an hour. */
export function retryAfter(failures: number, now: Date, secondsMax = 300): Date {
  return new Date(now.getTime() + Math.min(2 ** (failures - 1), secondsMax) * 1000);
}

/** A wait after a failure, as this process has found it. */
export interface Wait {
  /** As it is stored: which wait it is. */
  readonly retryAt: Date;
  /** By the clock of this process. */
  readonly end: Date;
}

/**
 * When a wait ends was said by the clock of who failed: by one that is ahead everybody would wait as much too long. So
 * nobody waits longer than the wait is long, from when it was first seen; nor longer than that when a clock is set back.
 */
export function waitOf(
  { failures, retry_at: retryAt }: Pick<SubscriberRow, 'failures' | 'retry_at'>,
  seen: Wait | null,
  now: Date,
  secondsMax?: number,
): Wait | null {
  if (retryAt === null) return null;
  const end = seen?.retryAt.getTime() === retryAt.getTime() ? seen.end : retryAt;
  const endMax = retryAfter(failures, now, secondsMax);
  return { retryAt, end: end < endMax ? end : endMax };
}
