import { describe, expect, it } from 'vitest';
import { states, type State } from '../src/authorization-request/schema.ts';
import {
  decide,
  stateAt,
  type Command,
  type Decision,
  type Refusal,
  type RequestEvent,
  type Snapshot,
} from '../src/authorization-request/state.ts';

/**
 * The table “States and commands” of the threat model, cell by cell. Rows and columns are keyed by the types
 * themselves: a new state or a new command does not compile until its cells are filled in.
 */
type Cell = Refusal | { readonly events: readonly RequestEvent[]; readonly becomes: Partial<Snapshot> };
type Kind = Command['kind'];

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const now = at(60);
const expiresAt = at(300);
const executeBefore = at(360);

const waiting: Snapshot = {
  state: 'waiting',
  reason: null,
  attemptsLeft: 3,
  attemptsOpen: 1,
  generation: 4,
  sequence: 7,
  sendsLeft: 2,
  challengesLeft: 19,
  createdAt: at(0),
  expiresAt,
  executeWithinSeconds: 300,
  executeBefore: null,
  consumedAt: null,
};

const snapshots: Record<State, Snapshot> = {
  waiting,
  granted: { ...waiting, state: 'granted', executeBefore },
  denied: { ...waiting, state: 'denied', reason: 'declined' },
  cancelled: { ...waiting, state: 'cancelled' },
  expired: { ...waiting, state: 'expired', expiresAt: at(30) },
};

const commands: { readonly [Each in Kind]: Extract<Command, { kind: Each }> } = {
  challenge: { kind: 'challenge', sends: true },
  reserve: { kind: 'reserve' },
  check_right: { kind: 'check_right', generation: waiting.generation },
  grant_right: { kind: 'grant_right', generation: waiting.generation },
  wrong: { kind: 'wrong' },
  deny: { kind: 'deny', reason: 'not_me' },
  cancel: { kind: 'cancel' },
  reset: { kind: 'reset', sends: true, expiresAt: at(900) },
  consume: { kind: 'consume' },
  expire: { kind: 'expire' },
};
const kinds = Object.keys(commands) as Kind[];

/** A wrong answer is written whatever the request has become; it changes nothing else. */
const wrongIsWritten: Cell = { events: ['check_failed'], becomes: { attemptsOpen: 0 } };

const decided: Record<Kind, Cell> = {
  challenge: 'not_waiting',
  reserve: 'not_waiting',
  check_right: 'not_waiting',
  grant_right: 'not_waiting',
  wrong: wrongIsWritten,
  deny: 'not_waiting',
  cancel: 'not_waiting',
  reset: 'not_waiting',
  consume: 'not_granted',
  expire: 'not_waiting',
};

const table: Record<State, Record<Kind, Cell>> = {
  waiting: {
    challenge: { events: ['challenged'], becomes: { sendsLeft: 1, challengesLeft: 18 } },
    reserve: { events: [], becomes: { attemptsLeft: 2, attemptsOpen: 2 } },
    check_right: { events: [], becomes: { attemptsLeft: 4, attemptsOpen: 0 } },
    grant_right: {
      events: ['granted'],
      becomes: { state: 'granted', attemptsOpen: 0, generation: 5, executeBefore: at(360) },
    },
    wrong: wrongIsWritten,
    deny: { events: ['denied'], becomes: { state: 'denied', reason: 'not_me', generation: 5 } },
    cancel: { events: ['cancelled'], becomes: { state: 'cancelled', generation: 5 } },
    reset: {
      events: ['reset', 'challenged'],
      becomes: { sendsLeft: 1, challengesLeft: 18, generation: 5, expiresAt: at(900) },
    },
    consume: 'not_granted',
    expire: 'not_waiting',
  },
  granted: { ...decided, consume: { events: ['consumed'], becomes: { consumedAt: now } } },
  denied: decided,
  cancelled: decided,
  expired: {
    ...decided,
    challenge: 'expired',
    reserve: 'expired',
    check_right: 'expired',
    grant_right: 'expired',
    deny: 'expired',
    cancel: 'expired',
    reset: 'expired',
  },
};

function expected(snapshot: Snapshot, cell: Cell): Decision {
  if (typeof cell === 'string') return { ok: false, refusal: cell };
  const next = { ...snapshot, ...cell.becomes, sequence: snapshot.sequence + cell.events.length };
  return { ok: true, next, events: cell.events };
}

const promiseOf = (cell: Cell): string =>
  typeof cell === 'string' ? `refuses with ${cell}` : `accepts, with [${cell.events.join(', ')}]`;

describe('the table of states and commands', () => {
  for (const state of states) {
    for (const kind of kinds) {
      const cell = table[state][kind];
      it(`${state}, ${kind}: ${promiseOf(cell)} and changes nothing else`, () => {
        const snapshot = Object.freeze({ ...snapshots[state] });
        expect(decide(snapshot, commands[kind], now)).toEqual(expected(snapshot, cell));
      });
    }
  }
});

describe('the moment of expiry', () => {
  const justBefore = new Date(expiresAt.getTime() - 1);

  it('reads as waiting one millisecond before expiresAt and as expired from it on, swept or not', () => {
    expect(stateAt(waiting, justBefore)).toBe('waiting');
    expect(stateAt(waiting, expiresAt)).toBe('expired');
    expect(stateAt(waiting, at(86_400))).toBe('expired');
  });

  it('changes no decision that was made before it', () => {
    for (const state of states.filter((each) => each !== 'waiting')) {
      expect(stateAt(snapshots[state], at(86_400))).toBe(state);
    }
  });

  for (const kind of kinds.filter((each) => each !== 'expire')) {
    it(`answers ${kind} exactly at expiresAt, unswept, as it answers an expired request`, () => {
      expect(decide(waiting, commands[kind], expiresAt)).toEqual(expected(waiting, table.expired[kind]));
    });
  }

  for (const kind of kinds.filter((each) => each !== 'grant_right')) {
    it(`answers ${kind} one millisecond before expiresAt as it answers a waiting request`, () => {
      expect(decide(waiting, commands[kind], justBefore)).toEqual(expected(waiting, table.waiting[kind]));
    });
  }

  it('grants one millisecond before expiresAt, with the whole time to execute', () => {
    const granted = decide(waiting, commands.grant_right, justBefore);
    expect(granted).toMatchObject({
      ok: true,
      next: { state: 'granted', executeBefore: new Date(justBefore.getTime() + 300_000) },
    });
  });

  it('is written down from expiresAt on and not a millisecond earlier', () => {
    const swept: Cell = { events: ['expired'], becomes: { state: 'expired', generation: 5 } };
    expect(decide(waiting, commands.expire, justBefore)).toEqual({ ok: false, refusal: 'not_waiting' });
    expect(decide(waiting, commands.expire, expiresAt)).toEqual(expected(waiting, swept));
  });

  it('is not undone by a reset (a request left for a while is not revived)', () => {
    const reset: Command = { kind: 'reset', sends: true, expiresAt: at(3000) };
    expect(decide(waiting, reset, expiresAt)).toEqual({ ok: false, refusal: 'expired' });
    expect(decide(snapshots.expired, reset, now)).toEqual({ ok: false, refusal: 'expired' });
  });
});

describe('the time to execute', () => {
  const { granted } = snapshots;

  it('lasts until one millisecond before executeBefore', () => {
    const last = new Date(executeBefore.getTime() - 1);
    expect(decide(granted, commands.consume, last)).toMatchObject({ ok: true, next: { consumedAt: last } });
  });

  it('is over exactly at executeBefore', () => {
    const over = { ok: false, refusal: 'execution_window_passed' };
    expect(decide(granted, commands.consume, executeBefore)).toEqual(over);
    expect(decide(granted, commands.consume, at(86_400))).toEqual(over);
  });

  it('goes on when the time to answer has passed: the grant was in time', () => {
    expect(decide(granted, commands.consume, at(330))).toMatchObject({ ok: true });
  });

  it('says that it was consumed rather than that the window has passed', () => {
    const consumed = { ...granted, consumedAt: at(100) };
    expect(decide(consumed, commands.consume, at(101))).toEqual({ ok: false, refusal: 'already_consumed' });
    expect(decide(consumed, commands.consume, executeBefore)).toEqual({
      ok: false,
      refusal: 'already_consumed',
    });
  });

  it('does not exist without a window', () => {
    const none = { ...granted, executeBefore: null };
    expect(decide(none, commands.consume, now)).toEqual({ ok: false, refusal: 'execution_window_passed' });
  });
});

describe('attempts', () => {
  const counts = [0, 1, 2, 3, 4, 5];

  it('are refused when none is left, and nothing is judged', () => {
    const none = { ...waiting, attemptsLeft: 0 };
    expect(decide(none, commands.reserve, now)).toEqual({ ok: false, refusal: 'attempts_exhausted' });
  });

  it('allow exactly as many reservations as there are, however many ask at once', () => {
    let snapshot: Snapshot = { ...waiting, attemptsLeft: 5, attemptsOpen: 0 };
    const answers = Array.from({ length: 200 }, () => {
      const decision = decide(snapshot, commands.reserve, now);
      if (decision.ok) snapshot = decision.next;
      return decision.ok;
    });
    expect(answers.filter(Boolean)).toHaveLength(5);
    expect(snapshot).toMatchObject({ attemptsLeft: 0, attemptsOpen: 5 });
  });

  for (const attemptsLeft of counts) {
    for (const attemptsOpen of counts.filter((open) => open > 0 && open + attemptsLeft <= 5)) {
      const exhausts = attemptsLeft === 0 && attemptsOpen === 1;
      const promise = exhausts ? 'denies the request' : 'leaves the request waiting';
      it(`a wrong answer with ${attemptsLeft} left and ${attemptsOpen} open ${promise}`, () => {
        const snapshot = { ...waiting, attemptsLeft, attemptsOpen };
        const cell: Cell = exhausts
          ? {
              events: ['check_failed', 'denied'],
              becomes: { attemptsOpen: 0, state: 'denied', reason: 'attempts_exhausted', generation: 5 },
            }
          : { events: ['check_failed'], becomes: { attemptsOpen: attemptsOpen - 1 } };
        expect(decide(snapshot, commands.wrong, now)).toEqual(expected(snapshot, cell));
      });

      it(`a right check with ${attemptsLeft} left and ${attemptsOpen} open gives back its own attempt only`, () => {
        const snapshot = { ...waiting, attemptsLeft, attemptsOpen };
        const cell: Cell = {
          events: [],
          becomes: { attemptsLeft: attemptsLeft + 1, attemptsOpen: attemptsOpen - 1 },
        };
        expect(decide(snapshot, commands.check_right, now)).toEqual(expected(snapshot, cell));
      });
    }
  }

  it('a wrong answer never denies what time or a person has decided already', () => {
    const last = { attemptsLeft: 0, attemptsOpen: 1 };
    expect(decide({ ...waiting, ...last }, commands.wrong, expiresAt)).toMatchObject({
      events: ['check_failed'],
      next: { state: 'waiting' },
    });
    for (const state of states.filter((each) => each !== 'waiting')) {
      const decision = decide({ ...snapshots[state], ...last }, commands.wrong, now);
      expect(decision).toMatchObject({ events: ['check_failed'], next: { state } });
    }
  });

  it('of an attacker who guesses in parallel do not take the right answer from its owner (bug 51)', () => {
    const owner: Command[] = [{ kind: 'reserve' }];
    const attacker: Command[] = Array.from({ length: 4 }, (): Command[] => [{ kind: 'reserve' }]).flat();
    const judged: Command[] = Array.from({ length: 4 }, (): Command => ({ kind: 'wrong' }));
    const end = walk({ ...waiting, attemptsLeft: 5, attemptsOpen: 0 }, [...owner, ...attacker, ...judged]);
    expect(end.snapshot).toMatchObject({ state: 'waiting', attemptsLeft: 0, attemptsOpen: 1 });
    expect(decide(end.snapshot, commands.grant_right, now)).toMatchObject({ next: { state: 'granted' } });
    expect(decide(end.snapshot, commands.wrong, now)).toMatchObject({
      next: { state: 'denied', reason: 'attempts_exhausted' },
    });
  });

  it('are not refilled by a new challenge or a reset (bug 44)', () => {
    for (const attemptsLeft of counts) {
      for (const kind of ['challenge', 'reset'] as const) {
        const decision = decide({ ...waiting, attemptsLeft }, commands[kind], now);
        expect(decision).toMatchObject({ next: { attemptsLeft, attemptsOpen: 1 } });
      }
    }
  });

  it('never become negative when an attempt is settled twice', () => {
    const settledTwice = decide({ ...waiting, attemptsOpen: 0 }, commands.wrong, now);
    expect(settledTwice).toMatchObject({ next: { attemptsOpen: 0 } });
  });
});

describe('sends', () => {
  for (const kind of ['challenge', 'reset'] as const) {
    it(`are refused by ${kind} when none is left`, () => {
      expect(decide({ ...waiting, sendsLeft: 0 }, commands[kind], now)).toEqual({
        ok: false,
        refusal: 'rate_limited',
      });
    });

    it(`are not needed by ${kind} of a method that sends nothing, which has a limit of its own`, () => {
      const silent = { ...commands[kind], sends: false } as Command;
      expect(decide({ ...waiting, sendsLeft: 0 }, silent, now)).toMatchObject({
        next: { sendsLeft: 0, challengesLeft: 18 },
      });
      expect(decide({ ...waiting, challengesLeft: 0 }, silent, now)).toEqual({
        ok: false,
        refusal: 'rate_limited',
      });
    });
  }
});

describe('the generation', () => {
  const changing = new Set<Kind>(['grant_right', 'deny', 'cancel', 'reset']);
  for (const kind of kinds) {
    const changes = changing.has(kind);
    it(`${changes ? 'changes by one' : 'stays'} with ${kind} of a waiting request`, () => {
      const decision = decide(waiting, commands[kind], now);
      const generation = decision.ok ? decision.next.generation : waiting.generation;
      expect(generation).toBe(waiting.generation + (changes ? 1 : 0));
    });
  }

  it('changes with expiry and with the last wrong answer', () => {
    expect(decide(waiting, commands.expire, expiresAt)).toMatchObject({ next: { generation: 5 } });
    const last = { ...waiting, attemptsLeft: 0 };
    expect(decide(last, commands.wrong, now)).toMatchObject({ next: { state: 'denied', generation: 5 } });
  });

  for (const kind of ['check_right', 'grant_right'] as const) {
    it(`voids ${kind} of a proof that was judged before a reset`, () => {
      const command: Command = { kind, generation: waiting.generation - 1 };
      expect(decide(waiting, command, now)).toEqual({ ok: false, refusal: 'superseded' });
    });
  }
});

describe('every situation', () => {
  /** Everything a row can be within small bounds, at the moments that matter, under every command. */
  const situations = states.flatMap((state) =>
    [0, 1, 5].flatMap((attemptsLeft) =>
      [0, 1, 2].flatMap((attemptsOpen) =>
        [0, 1].flatMap((sendsLeft) =>
          (state === 'granted' ? [null, at(100)] : [null]).flatMap((consumedAt) =>
            [now, expiresAt, executeBefore].flatMap((moment) =>
              kinds.map((kind) => ({
                snapshot: { ...snapshots[state], attemptsLeft, attemptsOpen, sendsLeft, consumedAt },
                command: commands[kind],
                moment,
              })),
            ),
          ),
        ),
      ),
    ),
  );
  const accepted = situations.flatMap(({ snapshot, command, moment }) => {
    const decision = decide(snapshot, command, moment);
    return decision.ok ? [{ snapshot, command, moment, next: decision.next, events: decision.events }] : [];
  });

  it('is met often enough for the laws below to mean something', () => {
    expect(situations.length).toBeGreaterThan(3000);
    expect(accepted.length).toBeGreaterThan(400);
  });

  it('keeps a final state final', () => {
    for (const { snapshot, next } of accepted) {
      if (snapshot.state === 'waiting') continue;
      expect(next).toMatchObject({ state: snapshot.state, generation: snapshot.generation });
    }
  });

  it('keeps what does not change: creation, time to execute, and a consumption', () => {
    for (const { snapshot, next } of accepted) {
      expect(next.createdAt).toBe(snapshot.createdAt);
      expect(next.executeWithinSeconds).toBe(snapshot.executeWithinSeconds);
      if (snapshot.consumedAt) expect(next.consumedAt).toBe(snapshot.consumedAt);
    }
  });

  it('makes one event per transition and numbers them without gaps', () => {
    const final: Record<Exclude<State, 'waiting'>, RequestEvent> = {
      granted: 'granted',
      denied: 'denied',
      cancelled: 'cancelled',
      expired: 'expired',
    };
    for (const { snapshot, next, events } of accepted) {
      expect(next.sequence).toBe(snapshot.sequence + events.length);
      expect(new Set(events).size).toBe(events.length);
      for (const [state, event] of Object.entries(final)) {
        const entered = next.state === state && snapshot.state !== state;
        expect(events.includes(event)).toBe(entered);
      }
      expect(events.includes('consumed')).toBe(next.consumedAt !== snapshot.consumedAt);
    }
  });

  it('never makes an attempt out of nothing: a right check alone gives back, one that was open', () => {
    for (const { snapshot, command, next } of accepted) {
      const gained = next.attemptsLeft - snapshot.attemptsLeft;
      expect(gained).toBeLessThanOrEqual(command.kind === 'check_right' ? 1 : 0);
      expect(next.attemptsOpen).toBeGreaterThanOrEqual(0);
    }
  });

  it('grants nothing at or after expiresAt and consumes nothing at or after executeBefore', () => {
    for (const { snapshot, moment, events } of accepted) {
      if (events.includes('granted')) expect(moment.getTime()).toBeLessThan(snapshot.expiresAt.getTime());
      if (events.includes('consumed')) {
        expect(moment.getTime()).toBeLessThan(snapshot.executeBefore!.getTime());
      }
    }
  });
});

describe('a whole life', () => {
  it('from created to consumed has these events, in this order, numbered on', () => {
    const asked: Snapshot = { ...waiting, attemptsLeft: 5, attemptsOpen: 0, generation: 1, sequence: 2 };
    const { snapshot, events } = walk(asked, [
      { kind: 'reserve' },
      { kind: 'wrong' },
      { kind: 'challenge', sends: true },
      { kind: 'reset', sends: true, expiresAt: at(500) },
      { kind: 'reserve' },
      { kind: 'check_right', generation: 2 },
      { kind: 'reserve' },
      { kind: 'grant_right', generation: 2 },
      { kind: 'consume' },
    ]);
    expect(events).toEqual(['check_failed', 'challenged', 'reset', 'challenged', 'granted', 'consumed']);
    expect(snapshot).toMatchObject({
      state: 'granted',
      attemptsLeft: 3,
      attemptsOpen: 0,
      generation: 3,
      sequence: 8,
      sendsLeft: 0,
      consumedAt: now,
    });
  });

  it('of nothing but wrong answers ends in a denial after exactly the last one', () => {
    const asked: Snapshot = { ...waiting, attemptsLeft: 5, attemptsOpen: 0, sequence: 2 };
    const wrongTwice: Command[] = [{ kind: 'reserve' }, { kind: 'wrong' }];
    const four = walk(asked, Array.from({ length: 4 }, () => wrongTwice).flat());
    expect(four.snapshot).toMatchObject({ state: 'waiting', attemptsLeft: 1 });
    const five = walk(four.snapshot, wrongTwice);
    expect(five.events).toEqual(['check_failed', 'denied']);
    expect(five.snapshot).toMatchObject({ state: 'denied', reason: 'attempts_exhausted', sequence: 8 });
  });
});

/** Performs commands that must all be accepted, all at `now`. */
function walk(start: Snapshot, steps: readonly Command[]): { snapshot: Snapshot; events: RequestEvent[] } {
  let snapshot = start;
  const events: RequestEvent[] = [];
  for (const command of steps) {
    const decision = decide(snapshot, command, now);
    if (!decision.ok) throw new Error(`${command.kind} was refused: ${decision.refusal}`);
    snapshot = decision.next;
    events.push(...decision.events);
  }
  return { snapshot, events };
}
