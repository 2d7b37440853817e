/**
 * The life of a confirmation. Pure: no clock, no database; every refusal follows from this file.
 *
 *                                 right proof               use, once
 *   request ─▶ new ─▶ in process ─────────────▶ confirmed ─────────────▶ used
 *                      ▲      │                     │
 *                      └──────┘                     │
 *                    wrong proof                    │
 *               └────┬────────┘                     │
 *                    └── expiresAt passes ──────────┴─────────────────▶ expired
 *
 * used and expired are final. New and in process are one state, `open`: what tells them apart is whether anything was
 * asked or tried. With no attempt left it stays open and nothing can be proven any more, until it expires.
 */

export const storedStates = ['open', 'confirmed', 'used', 'expired'] as const;
export type StoredState = (typeof storedStates)[number];

export const statuses = ['new', 'in_process', 'confirmed', 'used', 'expired'] as const;
export type Status = (typeof statuses)[number];

/** What the decisions depend on. */
export interface Snapshot {
  readonly state: StoredState;
  /** Whether a challenge was issued or an attempt made. */
  readonly isBegun: boolean;
  readonly attemptsLeft: number;
  /** Attempts reserved and not yet settled, by anyone. */
  readonly attemptsOpen: number;
  readonly sequence: number;
  readonly expiresAt: Date;
}

/** `reserve` comes before every judgement of a proof; `right` and `wrong` settle it. */
export type Command = 'reserve' | 'right' | 'wrong' | 'use' | 'expire';

export type ConfirmationEvent = 'confirmed' | 'failed' | 'used' | 'expired';

export type Refusal = 'already_confirmed' | 'unavailable' | 'expired' | 'attempts_exhausted';

export type Decision =
  | { readonly ok: true; readonly next: Snapshot; readonly events: readonly ConfirmationEvent[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** Open and confirmed ones are expired from `expiresAt` on, swept or not (bug 25: expiry enforced only by the cleaner). */
function stateAt({ state, expiresAt }: Pick<Snapshot, 'state' | 'expiresAt'>, now: Date): StoredState {
  return state !== 'used' && now >= expiresAt ? 'expired' : state;
}

export function statusAt(snapshot: Pick<Snapshot, 'state' | 'isBegun' | 'expiresAt'>, now: Date): Status {
  const state = stateAt(snapshot, now);
  if (state !== 'open') return state;
  return snapshot.isBegun ? 'in_process' : 'new';
}

/** What a command makes of a confirmation at `now`: the next snapshot with its events, or why not. */
export function decide(snapshot: Snapshot, command: Command, now: Date): Decision {
  // Written whatever it has become meanwhile: a crash costs an attempt, never an answer.
  if (command === 'wrong') return accept(settled(snapshot), ['failed']);
  if (command === 'expire') return expire(snapshot, now);
  switch (stateAt(snapshot, now)) {
    case 'open':
      return decideOpen(snapshot, command);
    case 'confirmed':
      return command === 'use'
        ? accept({ ...snapshot, state: 'used' }, ['used'])
        : refuse('already_confirmed');
    case 'used':
      return refuse('unavailable');
    case 'expired':
      return refuse('expired');
  }
}

function decideOpen(snapshot: Snapshot, command: 'reserve' | 'right' | 'use'): Decision {
  switch (command) {
    case 'reserve': {
      const { attemptsLeft, attemptsOpen } = snapshot;
      if (attemptsLeft === 0) return refuse('attempts_exhausted');
      const spent = { attemptsLeft: attemptsLeft - 1, attemptsOpen: attemptsOpen + 1 };
      return accept({ ...snapshot, ...spent, isBegun: true }, []);
    }
    case 'right':
      return accept({ ...settled(snapshot), state: 'confirmed' }, ['confirmed']);
    case 'use':
      return refuse('unavailable');
  }
}

function expire(snapshot: Snapshot, now: Date): Decision {
  const due = (snapshot.state === 'open' || snapshot.state === 'confirmed') && now >= snapshot.expiresAt;
  return due ? accept({ ...snapshot, state: 'expired' }, ['expired']) : refuse('unavailable');
}

function settled(snapshot: Snapshot): Snapshot {
  return { ...snapshot, attemptsOpen: Math.max(snapshot.attemptsOpen - 1, 0) };
}

function accept(next: Snapshot, events: readonly ConfirmationEvent[]): Decision {
  return { ok: true, next: { ...next, sequence: next.sequence + events.length }, events };
}

function refuse(refusal: Refusal): Decision {
  return { ok: false, refusal };
}
