import type { Limits } from '../../src/limits.ts';

const second = 1000;
const day = 24 * 3600 * second;

interface Streak {
  count: number;
  waitUntil: number;
}

/** A refusal by a limit; `retryAt` is when it passes, null when never by itself. */
export interface Locked {
  readonly reason: 'subject_locked' | 'factor_locked';
  readonly retryAt: number | null;
}

/** What guessing costs a subject, over all its requests, sessions and factors. Times are milliseconds. */
export class SubjectModel {
  readonly #limits: Limits;
  charges: number[] = [];
  readonly streaks = new Map<string, Streak>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  chargesAt(now: number): number[] {
    return this.charges.filter((at) => at > now - day).sort((a, b) => a - b);
  }

  locked(now: number, factor: string): Locked | null {
    const { wrongProofsPerDayMax, consecutiveWrongMax } = this.#limits;
    const charges = this.chargesAt(now);
    if (charges.length >= wrongProofsPerDayMax) {
      // It passes when so many have aged that one fewer than the limit is left.
      const last = charges[charges.length - wrongProofsPerDayMax] ?? now;
      return { reason: 'subject_locked', retryAt: last + day };
    }
    const streak = this.streaks.get(factor);
    if (streak && streak.count >= consecutiveWrongMax) return { reason: 'factor_locked', retryAt: null };
    if (streak && now < streak.waitUntil) return { reason: 'factor_locked', retryAt: streak.waitUntil };
    return null;
  }

  /** Every attempt is charged before it is judged, as if it were wrong. */
  charge(now: number, factor: string): void {
    const { consecutiveWrongFree, waitSeconds, waitSecondsMax } = this.#limits;
    this.charges.push(now);
    const count = (this.streaks.get(factor)?.count ?? 0) + 1;
    const doublings = count - consecutiveWrongFree;
    const wait = doublings < 0 ? null : Math.min(waitSeconds * 2 ** doublings, waitSecondsMax);
    this.streaks.set(factor, { count, waitUntil: wait === null ? 0 : now + wait * second });
  }

  /** A right answer takes its own charge back and ends the streak of its own factor, no other's. */
  giveBack(chargedAt: number, factor: string): void {
    const place = this.charges.indexOf(chargedAt);
    if (place >= 0) this.charges.splice(place, 1);
    this.streaks.delete(factor);
  }
}
