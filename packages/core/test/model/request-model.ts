import { specifiedLimits } from './specified-limits.ts';
/**
 * One authorization request as the specification describes it. Written from its table and its sentences, not
 * from `state.ts`, and in another way: it keeps a history and counts from it, where the state machine keeps
 * counters. Two ways of saying one thing rarely share a mistake.
 */
export type LifeState = 'waiting' | 'granted' | 'denied' | 'cancelled' | 'expired';

/** A code that was sent. `era` counts the resets before it: a reset voids what came before. */
export interface SentCode {
  readonly code: string;
  readonly method: string;
  readonly era: number;
  readonly at: number;
  readonly until: number;
}

/** An attempt, from the moment it was spent. `right` is what comparing says, whenever the answer is written. */
export interface Attempt {
  readonly method: string;
  readonly era: number;
  readonly at: number;
  readonly right: boolean;
  fate: 'open' | 'wrong' | 'given back' | 'granted' | 'late' | 'lost';
}

interface Decision {
  readonly state: Exclude<LifeState, 'waiting'>;
  readonly at: number;
  readonly reason: string | null;
}

export interface RequestTerms {
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly executeWithin: number;
  readonly attemptsMax: number;
  /** Messages after the first. */
  readonly resendsMax: number;
}

const hour = 3_600_000;

/** Times are milliseconds. A method returns the reason of its refusal, or null when it happened. */
export class RequestModel {
  readonly terms: RequestTerms;
  readonly codes: SentCode[] = [];
  readonly attempts: Attempt[] = [];
  readonly events: string[] = ['created'];
  expiresAt: number;
  resets = 0;
  decision: Decision | null = null;
  consumedAt: number | null = null;
  /** The right check that the service has made and that still stands. */
  checked: { readonly at: number; readonly method: string } | null = null;

  constructor(terms: RequestTerms) {
    this.terms = terms;
    this.expiresAt = terms.expiresAt;
  }

  stateAt(now: number): LifeState {
    if (this.decision) return this.decision.state;
    return now < this.expiresAt ? 'waiting' : 'expired';
  }

  /** What was spent is spent, unless a right check gave it back. */
  get attemptsLeft(): number {
    return this.terms.attemptsMax - this.attempts.filter(({ fate }) => fate !== 'given back').length;
  }

  get attemptsOpen(): number {
    return this.attempts.filter(({ fate }) => fate === 'open').length;
  }

  get sendsLeft(): number {
    return this.terms.resendsMax + 1 - this.codes.length;
  }

  get challengesLeft(): number {
    return specifiedLimits.challengesPerRequestMax - this.codes.length;
  }

  get executeBefore(): number | null {
    return this.decision?.state === 'granted' ? this.decision.at + this.terms.executeWithin : null;
  }

  /** Whether anything that needs a waiting request may happen: the columns of the table, but for consume. */
  refusal(now: number): string | null {
    const state = this.stateAt(now);
    if (state === 'waiting') return null;
    return state === 'expired' ? 'expired' : 'not_waiting';
  }

  /** The code of the creation; it belongs to the creation, so nothing can speak against it. */
  first(code: SentCode): void {
    this.codes.push(code);
    this.events.push('challenged');
  }

  challenge(now: number, code: Omit<SentCode, 'era'>): string | null {
    const refused = this.refusal(now) ?? (this.sendsLeft === 0 ? 'rate_limited' : null);
    if (refused) return refused;
    this.codes.push({ ...code, era: this.resets });
    this.events.push('challenged');
    this.checked = null;
    return null;
  }

  /** Attempts are kept; whatever was sent before is void; the new expiry is within an hour of the creation. */
  reset(now: number, expiresAt: number, code: Omit<SentCode, 'era'>): string | null {
    const refused = this.refusal(now) ?? (this.sendsLeft === 0 ? 'rate_limited' : null);
    if (refused) return refused;
    this.resets += 1;
    this.expiresAt = Math.min(expiresAt, this.terms.createdAt + hour);
    this.events.push('reset');
    return this.challenge(now, { ...code, until: Math.min(code.until, this.expiresAt) });
  }

  /** The codes a proof may name: the newest and the one before of its method, neither voided nor too old. */
  openCodes(now: number, method: string): readonly string[] {
    return this.codes
      .filter((sent) => sent.method === method && sent.era === this.resets && now < sent.until)
      .slice(-2)
      .map(({ code }) => code);
  }

  /** Spends an attempt before anything is compared. */
  spend(now: number, method: string, code: string): Attempt | string {
    const refused = this.refusal(now) ?? (this.attemptsLeft === 0 ? 'attempts_exhausted' : null);
    if (refused) return refused;
    const right = this.openCodes(now, method).includes(code);
    const attempt: Attempt = { method, era: this.resets, at: now, right, fate: 'open' };
    this.attempts.push(attempt);
    return attempt;
  }

  /**
   * The answer to an attempt, at once or long after. A right one that finds the request decided or expired is
   * refused for that and held against nobody; one that finds its code voided by a reset is wrong.
   */
  answer(
    attempt: Attempt,
    command: 'check' | 'grant',
    now: number,
  ): 'right' | 'wrong' | 'expired' | 'not_waiting' {
    const state = this.stateAt(now);
    if (attempt.right && state !== 'waiting') {
      attempt.fate = 'late';
      return state === 'expired' ? 'expired' : 'not_waiting';
    }
    if (attempt.right && attempt.era === this.resets) {
      attempt.fate = command === 'check' ? 'given back' : 'granted';
      if (command === 'grant') this.#decide('granted', now, null);
      return 'right';
    }
    attempt.fate = 'wrong';
    this.events.push('check_failed');
    this.checked = null;
    const last = this.attemptsLeft === 0 && this.attemptsOpen === 0;
    if (last && state === 'waiting') this.#decide('denied', now, 'attempts_exhausted');
    return 'wrong';
  }

  /** The service's word that it has just seen a right proof, good for a minute. */
  grantByCheck(now: number): string | null {
    const refused = this.refusal(now);
    if (refused) return refused;
    if (this.checked === null || now - this.checked.at >= 60_000) return 'proof_required';
    this.#decide('granted', now, null);
    return null;
  }

  decide(state: 'denied' | 'cancelled', now: number, reason: string | null): string | null {
    const refused = this.refusal(now);
    if (!refused) this.#decide(state, now, reason);
    return refused;
  }

  consume(now: number): string | null {
    const { executeBefore } = this;
    if (executeBefore === null) return 'not_granted';
    if (this.consumedAt !== null) return 'already_consumed';
    if (now >= executeBefore) return 'execution_window_passed';
    this.consumedAt = now;
    this.events.push('consumed');
    return null;
  }

  /** What only the sweep writes down: that nobody answered. Changes no answer. */
  sweep(now: number): boolean {
    if (this.decision || now < this.expiresAt) return false;
    this.#decide('expired', this.expiresAt, null);
    return true;
  }

  /** How long ago the last attempt was spent. */
  sinceLastAttempt(now: number): number {
    return now - Math.max(...this.attempts.map(({ at }) => at));
  }

  /** Denied by the next call or the sweep: nothing left, and whoever was judging the last one has died. */
  denyLeftBehind(now: number, longestAttempt: number): void {
    if (this.refusal(now) || this.attemptsLeft > 0 || this.sinceLastAttempt(now) <= longestAttempt) return;
    for (const attempt of this.attempts) if (attempt.fate === 'open') attempt.fate = 'lost';
    this.#decide('denied', now, 'attempts_exhausted');
  }

  #decide(state: Decision['state'], at: number, reason: string | null): void {
    this.decision = { state, at, reason };
    this.events.push(state);
    this.checked = null;
  }
}
