import { isDeepStrictEqual } from 'node:util';
import type { Limits } from '../../src/limits.ts';
import type { Answer, Call, Predicted } from './call.ts';
import type { HeldCall, PostgresSystem } from './postgres-system.ts';
import type { Tally } from './tally.ts';
import { callOf, type CallStep, type WorldNames } from './world-call.ts';
import { WorldModel, type Held } from './world-model.ts';
import type { WorldStep } from './world-step.ts';

interface Pending {
  readonly request: string;
  readonly model: Held;
  readonly real: HeldCall;
  readonly since: number;
  /** Steps that went by: core gives a method five real seconds. */
  steps: number;
}

const pendingStepsMax = 25;
let worlds = 0;

/**
 * Plays the steps in a world of its own: subjects, addresses and keys that no other has. Compares core with the
 * model after each: the answer, and how the request looks from then on; at the end every request, its events,
 * and what is held against each subject. Returns what differed first, or null.
 */
export async function playWorld(
  steps: readonly WorldStep[],
  system: PostgresSystem,
  limits: Limits,
  tally: Tally,
): Promise<string | null> {
  const play = new WorldPlay(system, limits, tally);
  for (const [index, step] of steps.entries()) {
    const wrong = await play.step(step);
    if (wrong !== null) {
      await play.finishAll();
      return `step ${index + 1}, ${JSON.stringify(step)}: ${wrong}`;
    }
  }
  const wrong = (await play.finishAll()) ?? (await play.compareAll());
  return wrong && `at the end: ${wrong}`;
}

class WorldPlay {
  readonly #system: PostgresSystem;
  readonly #tally: Tally;
  readonly #model: WorldModel;
  readonly #names: WorldNames;
  readonly #longest: number;
  readonly #keyed: Call[] = [];
  #pending: Pending[] = [];

  constructor(system: PostgresSystem, limits: Limits, tally: Tally) {
    worlds += 1;
    let codes = 0;
    const world = worlds;
    this.#system = system;
    this.#tally = tally;
    this.#model = new WorldModel(system.now(), limits);
    this.#longest = limits.attemptSecondsMax * 1000;
    this.#names = {
      world: `w${world}`,
      nextCode: () => String(1_000_000_000 + (world % 100_000) * 10_000 + (codes += 1)),
    };
  }

  async step(step: WorldStep): Promise<string | null> {
    for (const pending of this.#pending) pending.steps += 1;
    const old = this.#pending.find(({ steps }) => steps > pendingStepsMax);
    const late = old && (await this.#finish(old));
    if (late) return late;
    switch (step.do) {
      case 'advance':
        return await this.#goTo(this.#model.now + step.seconds * 1000);
      case 'reach': {
        const moments = this.#model.moments();
        const moment = moments[step.moment % Math.max(moments.length, 1)];
        return moment === undefined
          ? null
          : await this.#goTo(Math.max(moment + step.offset, this.#model.now));
      }
      case 'sweep':
        this.#tally.count('sweep', 'done');
        this.#model.sweep();
        await this.#system.sweep();
        return null;
      case 'finish': {
        const pending = this.#pending[step.which % Math.max(this.#pending.length, 1)];
        return pending ? await this.#finish(pending) : null;
      }
      case 'repeat': {
        const call = this.#keyed.at(-1 - step.which);
        if (!call) return null;
        // A day later its key is free, and what it creates is another request.
        const again = call.do === 'create' ? { ...call, request: this.#nextName() } : call;
        return await this.#call(again, 'at once');
      }
      case 'create':
      case 'challenge':
      case 'reset':
      case 'check':
      case 'grant':
      case 'grant without proof':
      case 'deny':
      case 'cancel':
      case 'consume':
        return await this.#newCall(step);
    }
  }

  async #newCall(step: CallStep): Promise<string | null> {
    // What would happen to nothing is not counted as having happened.
    if (step.do !== 'create' && step.request !== null && this.#model.requests.size === 0) return null;
    const call = callOf(step, this.#model, this.#names);
    if (call.key !== null) this.#keyed.push(call);
    return await this.#call(call, 'end' in step ? step.end : 'at once');
  }

  async finishAll(): Promise<string | null> {
    for (const pending of this.#pending) {
      const wrong = await this.#finish(pending);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  async compareAll(): Promise<string | null> {
    for (const { name, life } of this.#model.requests.values()) {
      const wrong = await this.#compareSight(name);
      if (wrong !== null) return wrong;
      const events = await this.#system.events(name);
      if (!isDeepStrictEqual(events, life.events))
        return difference(`the events of ${name}`, events, life.events);
    }
    const predicted = this.#model.budgets();
    const budgets = await this.#system.budgets(Object.keys(predicted));
    return isDeepStrictEqual(budgets, predicted)
      ? null
      : difference('what is held against subjects', budgets, predicted);
  }

  #nextName(): string {
    return `${this.#names.world} r${this.#model.requests.size}`;
  }

  async #call(call: Call, end: 'at once' | 'later' | 'never'): Promise<string | null> {
    if ((call.do === 'check' || call.do === 'grant') && call.key === null) {
      if (end === 'later') return await this.#begin(call);
      if (end === 'never' && call.as.kind === 'service' && /^(otp|letter)$/.test(call.method)) {
        const predicted = this.#model.begunAndLost({ ...call, code: '0000000000' });
        const actual = await this.#system.beginAndLose(call);
        this.#tally.count(call.do, predicted ? 'lost in a crash' : 'not spent');
        return predicted === actual
          ? await this.#compareSight(call.request)
          : difference('lost', actual, predicted);
      }
    }
    const predicted = this.#model.answer(call);
    const actual = await this.#system.answer(call);
    return this.#compare(call, predicted, actual) ?? (await this.#compareSight(call.request));
  }

  async #begin(call: Call): Promise<string | null> {
    const predicted = this.#model.begin(call);
    const actual = await this.#system.begin(call);
    if (!('held' in predicted) || !('held' in actual)) {
      if ('held' in predicted) return difference('the answer', actual, 'one that is still to come');
      if ('held' in actual) {
        const early = await actual.finish();
        return difference('the answer, held back,', early, predicted);
      }
      return this.#compare(call, predicted, actual) ?? (await this.#compareSight(call.request));
    }
    this.#tally.count(call.do, 'is being judged');
    this.#pending.push({
      request: call.request,
      model: predicted,
      real: actual,
      since: this.#model.now,
      steps: 0,
    });
    return await this.#compareSight(call.request);
  }

  async #finish(pending: Pending): Promise<string | null> {
    this.#pending = this.#pending.filter((other) => other !== pending);
    const predicted = this.#model.finish(pending.model);
    const actual = await pending.real.finish();
    this.#tally.count('finish', outcomeOf(predicted));
    return differs(predicted, actual) ?? (await this.#compareSight(pending.request));
  }

  /** Nothing is judged for longer than an attempt may take: by then its process counts as dead. */
  async #goTo(moment: number): Promise<string | null> {
    for (const pending of this.#pending.filter(({ since }) => moment - since >= this.#longest)) {
      const wrong = await this.#finish(pending);
      if (wrong !== null) return wrong;
    }
    this.#tally.count('advance', 'done');
    this.#model.now = moment;
    this.#system.goTo(moment);
    return null;
  }

  #compare(call: Call, predicted: Predicted, actual: Answer): string | null {
    this.#tally.count(call.do, outcomeOf(predicted));
    const wrong = differs(predicted, actual);
    return wrong && `${wrong}, for ${JSON.stringify(call)}`;
  }

  async #compareSight(name: string): Promise<string | null> {
    const predicted = this.#model.sight(name);
    const actual = await this.#system.sight(name);
    return isDeepStrictEqual(actual, predicted) ? null : difference(name, actual, predicted);
  }
}

function differs(predicted: Predicted, actual: Answer): string | null {
  const same =
    'value' in predicted || 'value' in actual
      ? isDeepStrictEqual(actual, predicted)
      : actual.refused === predicted.refused &&
        isDeepStrictEqual(actual.details, predicted.details) &&
        (actual.retryAt === null
          ? predicted.retryAt.length === 0
          : predicted.retryAt.includes(actual.retryAt));
  return same ? null : difference('the answer', actual, predicted);
}

function outcomeOf(predicted: Predicted): string {
  if ('refused' in predicted) return predicted.refused;
  const { granted, valid } = predicted.value;
  if (granted === false || valid === false) return 'wrong';
  return granted === true || valid === true ? 'right' : 'done';
}

function difference(what: string, actual: unknown, predicted: unknown): string {
  return `${what} is ${JSON.stringify(actual)}, predicted was ${JSON.stringify(predicted)}`;
}
