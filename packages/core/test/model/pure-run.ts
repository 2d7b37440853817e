import { isDeepStrictEqual } from 'node:util';
import type { Snapshot } from '../../src/authorization-request/state.ts';
import { findBreaches } from './breach.ts';
import type { PureStep, ProofChoice } from './pure-step.ts';
import { PureSystem, type Decide, type PureAttempt, type PureRequest } from './pure-system.ts';
import { RequestModel, type Attempt } from './request-model.ts';
import type { Tally } from './tally.ts';

/** A request twice: as the specification has it, and as the state machine made it. */
interface Pair {
  readonly model: RequestModel;
  readonly real: PureRequest;
}

interface Pending {
  readonly pair: Pair;
  readonly command: 'check' | 'grant';
  readonly model: Attempt;
  readonly real: PureAttempt;
}

/** A step that found nothing to happen to is not counted. */
const nothingThere = 'nothing there';
const codeLife = 300_000;
const start = Date.UTC(2026, 0, 1);

/**
 * Plays the steps against the state machine and against the model, and compares after each: the answer, the
 * row, the events, the invariants. Returns what differed first, or null.
 */
export function playPure(steps: readonly PureStep[], decide: Decide, tally: Tally): string | null {
  const play = new PurePlay(decide, tally);
  for (const [index, step] of steps.entries()) {
    const wrong = play.step(step);
    if (wrong !== null) return `step ${index + 1}, ${JSON.stringify(step)}: ${wrong}`;
  }
  return null;
}

class PurePlay {
  readonly #system: PureSystem;
  readonly #tally: Tally;
  readonly #pairs: Pair[] = [];
  readonly #pending: Pending[] = [];
  #now = start;
  #codes = 0;

  constructor(decide: Decide, tally: Tally) {
    this.#system = new PureSystem(decide);
    this.#tally = tally;
  }

  /** What is wrong after this step, or null. */
  step(step: PureStep): string | null {
    const before = this.#pairs.map(({ real }) => real.snapshot);
    const [predicted, actual] = this.#perform(step);
    if (predicted !== nothingThere) this.#tally.count(step.do, predicted);
    if (predicted !== actual) return `the answer is ${actual}, predicted was ${predicted}`;
    for (const [index, { model, real }] of this.#pairs.entries()) {
      const previous = before[index];
      if (previous === real.snapshot) continue; // nothing has happened to this one
      const difference = differenceBetween(model, real);
      if (difference !== null) return difference;
      const breach = findBreaches(previous, real);
      if (breach.length > 0) return breach.join('; ');
    }
    return null;
  }

  /** The answer of the model and the answer of the machine. */
  #perform(step: PureStep): readonly [predicted: string, actual: string] {
    switch (step.do) {
      case 'create':
        return this.#create(step);
      case 'advance':
        this.#now += step.seconds * 1000;
        return ['done', 'done'];
      case 'reach':
        this.#reach(step.moment, step.offset);
        return ['done', 'done'];
      case 'sweep':
        return this.#sweep();
      case 'finish':
        return this.#finish(step.which);
      case 'challenge':
      case 'reset':
      case 'check':
      case 'grant':
      case 'deny':
      case 'cancel':
      case 'consume':
        return this.#onRequest(step);
    }
  }

  #onRequest(
    step: Exclude<PureStep, { do: 'create' | 'advance' | 'reach' | 'sweep' | 'finish' }>,
  ): readonly [string, string] {
    const pair = this.#pairs.at(-1 - (step.request % Math.max(this.#pairs.length, 1)));
    if (!pair) return [nothingThere, nothingThere];
    const { model, real } = pair;
    const now = this.#now;
    const answers = (predicted: string | null, actual: string | null) =>
      [predicted ?? 'done', actual ?? 'done'] as const;
    switch (step.do) {
      case 'challenge': {
        const code = this.#nextCode();
        const until = Math.min(now + codeLife, model.expiresAt);
        return answers(
          model.challenge(now, { code, method: 'otp', at: now, until }),
          this.#system.send(real, { kind: 'challenge', sends: true }, now, code, now + codeLife),
        );
      }
      case 'reset': {
        const code = this.#nextCode();
        const asked = now + step.seconds * 1000;
        const expiresAt = new Date(Math.min(asked, model.terms.createdAt + 3_600_000));
        return answers(
          model.reset(now, asked, { code, method: 'otp', at: now, until: now + codeLife }),
          this.#system.send(real, { kind: 'reset', sends: true, expiresAt }, now, code, now + codeLife),
        );
      }
      case 'deny':
        return answers(
          model.decide('denied', now, 'declined'),
          this.#system.do(real, { kind: 'deny', reason: 'declined' }, now),
        );
      case 'cancel':
        return answers(model.decide('cancelled', now, null), this.#system.do(real, { kind: 'cancel' }, now));
      case 'consume':
        return answers(model.consume(now), this.#system.do(real, { kind: 'consume' }, now));
      case 'check':
      case 'grant':
        return this.#prove(pair, step.do, this.#codeOf(model, step.proof), step.pending);
    }
  }

  #create(step: Extract<PureStep, { do: 'create' }>): readonly [string, string] {
    const now = this.#now;
    const terms = {
      createdAt: now,
      expiresAt: now + step.answerWithin * 1000,
      executeWithin: step.executeWithin * 1000,
      attemptsMax: step.attemptsMax,
      resendsMax: 3,
    };
    const code = this.#nextCode();
    const until = Math.min(now + codeLife, terms.expiresAt);
    const model = new RequestModel(terms);
    model.first({ code, method: 'otp', era: 0, at: now, until });
    this.#pairs.push({ model, real: this.#system.create(terms, code, until) });
    return ['done', 'done'];
  }

  #prove(pair: Pair, command: 'check' | 'grant', code: string, pending: boolean): readonly [string, string] {
    const model = pair.model.spend(this.#now, 'otp', code);
    const real = this.#system.begin(pair.real, command, this.#now, code);
    if (typeof model === 'string' || typeof real === 'string') {
      return [typeof model === 'string' ? model : 'spent', typeof real === 'string' ? real : 'spent'];
    }
    this.#pending.push({ pair, command, model, real });
    return pending ? ['spent', 'spent'] : this.#finish(this.#pending.length - 1);
  }

  #finish(which: number): readonly [string, string] {
    const [pending] = this.#pending.splice(which % Math.max(this.#pending.length, 1), 1);
    if (!pending) return [nothingThere, nothingThere];
    const { pair, command, model, real } = pending;
    return [pair.model.answer(model, command, this.#now), this.#system.finish(real, this.#now)];
  }

  #sweep(): readonly [string, string] {
    const swept = (expire: (pair: Pair) => boolean): string =>
      this.#pairs.flatMap((pair, index) => (expire(pair) ? [index] : [])).join(', ');
    const predicted = swept(({ model }) => model.sweep(this.#now));
    const actual = swept(({ real }) => this.#system.do(real, { kind: 'expire' }, this.#now) === null);
    return predicted === actual ? ['done', 'done'] : [`swept ${predicted}`, `swept ${actual}`];
  }

  /** Goes to one of the next moments at which something changes, or a millisecond beside it. */
  #reach(moment: number, offset: number): void {
    const moments = this.#pairs
      .flatMap(({ model }) => [model.expiresAt, model.executeBefore ?? 0, model.codes.at(-1)?.until ?? 0])
      .filter((at) => at > this.#now)
      .sort((a, b) => a - b);
    const at = moments[moment % Math.max(moments.length, 1)];
    if (at !== undefined) this.#now = Math.max(this.#now, at + offset);
  }

  #codeOf(model: RequestModel, choice: ProofChoice): string {
    const sent = model.codes;
    const foreign = this.#pairs.find((pair) => pair.model !== model)?.model.codes.at(-1)?.code;
    const codes: Record<ProofChoice, string | undefined> = {
      newest: sent.at(-1)?.code,
      previous: sent.at(-2)?.code,
      oldest: sent.at(0)?.code,
      void: sent.findLast(({ era }) => era < model.resets)?.code,
      foreign,
      wrong: undefined,
    };
    return codes[choice] ?? 'wrong';
  }

  #nextCode(): string {
    this.#codes += 1;
    return `code ${this.#codes}`;
  }
}

/** The model's row beside the machine's: every field, and the events. */
function differenceBetween(model: RequestModel, { snapshot, events }: PureRequest): string | null {
  const { decision, executeBefore, consumedAt } = model;
  const predicted: Snapshot = {
    state: decision?.state ?? 'waiting',
    reason: decision?.reason ?? null,
    attemptsLeft: model.attemptsLeft,
    attemptsOpen: model.attemptsOpen,
    generation: 1 + model.resets + (decision ? 1 : 0),
    sequence: model.events.length,
    sendsLeft: model.sendsLeft,
    challengesLeft: model.challengesLeft,
    createdAt: new Date(model.terms.createdAt),
    expiresAt: new Date(model.expiresAt),
    executeWithinSeconds: model.terms.executeWithin / 1000,
    executeBefore: executeBefore === null ? null : new Date(executeBefore),
    consumedAt: consumedAt === null ? null : new Date(consumedAt),
  };
  if (!isDeepStrictEqual(snapshot, predicted)) {
    return `the request is ${JSON.stringify(snapshot)}, predicted was ${JSON.stringify(predicted)}`;
  }
  if (!isDeepStrictEqual(events, model.events)) {
    return `the events are ${events.join(', ')}; predicted were ${model.events.join(', ')}`;
  }
  return null;
}
