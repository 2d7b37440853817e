import {
  decide,
  stateAt,
  type Command,
  type Decision,
  type Snapshot,
} from '../../src/authorization-request/state.ts';
import type { Decide } from './pure-system.ts';

/** State machines with a mistake that others shipped, each a change of one line. The model must find them. */
export const naiveMachines: Readonly<Record<string, Decide>> = {
  'a new challenge that refills the attempts (bug 44)': (snapshot, command, now) =>
    changed(decide(snapshot, command, now), (next) =>
      command.kind === 'challenge' ? { ...next, attemptsLeft: 5 } : next,
    ),

  'an expiry that only the sweep enforces (bug 25)': (snapshot, command, now) =>
    command.kind === 'expire' || stateAt(snapshot, now) !== 'expired' || snapshot.state === 'expired'
      ? decide(snapshot, command, now)
      : decide(snapshot, command, new Date(snapshot.expiresAt.getTime() - 1)),

  'a reset that revives an expired request': (snapshot, command, now) => {
    if (command.kind !== 'reset' || stateAt(snapshot, now) !== 'expired')
      return decide(snapshot, command, now);
    return decide({ ...snapshot, state: 'waiting', expiresAt: new Date(now.getTime() + 1) }, command, now);
  },

  'a consumption that does not look whether there was one': (snapshot, command, now) =>
    decide(command.kind === 'consume' ? { ...snapshot, consumedAt: null } : snapshot, command, now),

  'a reset that leaves the old codes valid': (snapshot, command, now) =>
    changed(decide(snapshot, command, now), (next) =>
      command.kind === 'reset' ? { ...next, generation: snapshot.generation } : next,
    ),

  'a grant that does not look whether its code was voided meanwhile': (snapshot, command, now) =>
    decide(
      snapshot,
      command.kind === 'grant_right' ? { ...command, generation: snapshot.generation } : command,
      now,
    ),

  'a right check that refills all attempts (bug 15)': (snapshot, command, now) =>
    changed(decide(snapshot, command, now), (next) =>
      command.kind === 'check_right' ? { ...next, attemptsLeft: snapshot.attemptsLeft + 2 } : next,
    ),

  'a last wrong answer that denies while a right one is on its way (bug 51)': (snapshot, command, now) =>
    decide(command.kind === 'wrong' ? { ...snapshot, attemptsOpen: 1 } : snapshot, command, now),

  'a window that includes its last moment': (snapshot, command, now) =>
    command.kind === 'consume' && snapshot.executeBefore?.getTime() === now.getTime()
      ? decide(snapshot, command, new Date(now.getTime() - 1))
      : decide(snapshot, command, now),

  'a code that is good until its last moment and one more': (snapshot, command, now) =>
    now.getTime() === snapshot.expiresAt.getTime() && isAnswer(command)
      ? decide(snapshot, command, new Date(now.getTime() - 1))
      : decide(snapshot, command, now),

  'a wrong answer that is only counted while the request waits': (snapshot, command, now) =>
    command.kind === 'wrong' && snapshot.state !== 'waiting'
      ? { ok: true, next: snapshot, events: [] }
      : decide(snapshot, command, now),

  'a denial that a later grant overrides': (snapshot, command, now) =>
    decide(
      command.kind === 'grant_right' && snapshot.state === 'denied'
        ? { ...snapshot, state: 'waiting' }
        : snapshot,
      command,
      now,
    ),
};

function isAnswer(command: Command): boolean {
  return command.kind === 'check_right' || command.kind === 'grant_right';
}

function changed(decision: Decision, change: (next: Snapshot) => Snapshot): Decision {
  return decision.ok ? { ...decision, next: change(decision.next) } : decision;
}
