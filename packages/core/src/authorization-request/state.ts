/**
 * The life of an authorization request. Pure: no clock, no database; every refusal and every transition
 * of the product follows from this file.
 *
 *                       ┌─ deny · last wrong proof ─▶ denied
 *                       ├─ cancel ──────────────────▶ cancelled
 *   create ─▶ waiting ──┼─ expiresAt passes ────────▶ expired
 *              ▲     │  └─ right proof ─────────────▶ granted ── consume, once, before executeBefore ─▶ consumed
 *              └─────┘
 *     challenge · check · wrong proof · reset
 *
 * granted, denied, cancelled and expired are final. A consumption is a mark on a granted request, not a
 * state: the grant stays the answer of the person.
 */
import type { State } from './schema.ts';

/** What the decisions depend on. Times are Date. */
export interface Snapshot {
  readonly state: State;
  readonly reason: string | null;
  readonly attemptsLeft: number;
  /** Attempts reserved and not yet settled, by anyone. */
  readonly attemptsOpen: number;
  readonly generation: number;
  readonly sequence: number;
  readonly sendsLeft: number;
  readonly challengesLeft: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly executeWithinSeconds: number;
  readonly executeBefore: Date | null;
  readonly consumedAt: Date | null;
}

/** `reserve` comes before every judgement of a proof; `right` and `wrong` settle it. */
export type Command =
  /** `sends`: whether a message goes out. */
  | { readonly kind: 'challenge'; readonly sends: boolean }
  | { readonly kind: 'reserve' }
  | { readonly kind: 'check_right'; readonly generation: number }
  | { readonly kind: 'grant_right'; readonly generation: number }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'deny'; readonly reason: 'declined' | 'not_me' }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'reset'; readonly sends: boolean; readonly expiresAt: Date }
  | { readonly kind: 'consume' }
  | { readonly kind: 'expire' };

export type RequestEvent =
  | 'challenged'
  | 'check_failed'
  | 'granted'
  | 'denied'
  | 'cancelled'
  | 'expired'
  | 'reset'
  | 'consumed';

export type Refusal =
  | 'not_waiting'
  | 'expired'
  | 'attempts_exhausted'
  | 'rate_limited'
  | 'not_granted'
  | 'already_consumed'
  | 'execution_window_passed'
  | 'superseded';

export type Decision =
  | { readonly ok: true; readonly next: Snapshot; readonly events: readonly RequestEvent[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** A waiting request is expired from `expiresAt` on, swept or not. */
export function stateAt(snapshot: Pick<Snapshot, 'state' | 'expiresAt'>, now: Date): State {
  return snapshot.state === 'waiting' && now >= snapshot.expiresAt ? 'expired' : snapshot.state;
}

/** What a command makes of a request at `now`: the next snapshot with its events, or why not. */
export function decide(snapshot: Snapshot, command: Command, now: Date): Decision {
  if (command.kind === 'wrong') return settleWrong(snapshot, now);
  if (command.kind === 'expire') return expire(snapshot, now);
  switch (stateAt(snapshot, now)) {
    case 'waiting':
      return decideWaiting(snapshot, command, now);
    case 'granted':
      return command.kind === 'consume' ? consume(snapshot, now) : refuse('not_waiting');
    case 'denied':
    case 'cancelled':
      return refuse(command.kind === 'consume' ? 'not_granted' : 'not_waiting');
    case 'expired':
      return refuse(command.kind === 'consume' ? 'not_granted' : 'expired');
  }
}

type WaitingCommand = Exclude<Command, { kind: 'wrong' | 'expire' }>;

function decideWaiting(snapshot: Snapshot, command: WaitingCommand, now: Date): Decision {
  switch (command.kind) {
    case 'challenge':
      if (!maySend(snapshot, command)) return refuse('rate_limited');
      return accept(asked(snapshot, command), ['challenged']);
    case 'reset':
      if (!maySend(snapshot, command)) return refuse('rate_limited');
      return accept(
        {
          ...asked(snapshot, command),
          generation: snapshot.generation + 1,
          expiresAt: command.expiresAt,
        },
        ['reset', 'challenged'],
      );
    case 'reserve':
      if (snapshot.attemptsLeft === 0) return refuse('attempts_exhausted');
      return accept(
        { ...snapshot, attemptsLeft: snapshot.attemptsLeft - 1, attemptsOpen: snapshot.attemptsOpen + 1 },
        [],
      );
    case 'check_right':
      if (command.generation !== snapshot.generation) return refuse('superseded');
      return accept({ ...settled(snapshot), attemptsLeft: snapshot.attemptsLeft + 1 }, []);
    case 'grant_right':
      if (command.generation !== snapshot.generation) return refuse('superseded');
      return accept(
        {
          ...settled(snapshot),
          state: 'granted',
          generation: snapshot.generation + 1,
          executeBefore: new Date(now.getTime() + snapshot.executeWithinSeconds * 1000),
        },
        ['granted'],
      );
    case 'deny':
      return accept(
        { ...snapshot, state: 'denied', reason: command.reason, generation: snapshot.generation + 1 },
        ['denied'],
      );
    case 'cancel':
      return accept({ ...snapshot, state: 'cancelled', generation: snapshot.generation + 1 }, ['cancelled']);
    case 'consume':
      return refuse('not_granted');
  }
}

function maySend({ sendsLeft, challengesLeft }: Snapshot, { sends }: { readonly sends: boolean }): boolean {
  return challengesLeft > 0 && (!sends || sendsLeft > 0);
}

function asked(snapshot: Snapshot, { sends }: { readonly sends: boolean }): Snapshot {
  return {
    ...snapshot,
    challengesLeft: snapshot.challengesLeft - 1,
    sendsLeft: sends ? snapshot.sendsLeft - 1 : snapshot.sendsLeft,
  };
}

/**
 * A wrong answer is written whatever the request has become. The last open attempt denies the request when
 * none is left: not merely the one that reached zero, for a right answer reserved before it may still be
 * on its way, and must not be lost to an attacker who guesses faster (docs/adr/0004).
 */
function settleWrong(snapshot: Snapshot, now: Date): Decision {
  const next = settled(snapshot);
  const exhausted =
    stateAt(snapshot, now) === 'waiting' && next.attemptsLeft === 0 && next.attemptsOpen === 0;
  if (!exhausted) return accept(next, ['check_failed']);
  return accept({ ...next, state: 'denied', reason: 'attempts_exhausted', generation: next.generation + 1 }, [
    'check_failed',
    'denied',
  ]);
}

function consume(snapshot: Snapshot, now: Date): Decision {
  if (snapshot.consumedAt) return refuse('already_consumed');
  if (!snapshot.executeBefore || now >= snapshot.executeBefore) return refuse('execution_window_passed');
  return accept({ ...snapshot, consumedAt: now }, ['consumed']);
}

function expire(snapshot: Snapshot, now: Date): Decision {
  if (snapshot.state !== 'waiting' || now < snapshot.expiresAt) return refuse('not_waiting');
  return accept({ ...snapshot, state: 'expired', generation: snapshot.generation + 1 }, ['expired']);
}

function settled(snapshot: Snapshot): Snapshot {
  return { ...snapshot, attemptsOpen: Math.max(snapshot.attemptsOpen - 1, 0) };
}

function accept(next: Snapshot, events: readonly RequestEvent[]): Decision {
  return { ok: true, next: { ...next, sequence: next.sequence + events.length }, events };
}

function refuse(refusal: Refusal): Decision {
  return { ok: false, refusal };
}
