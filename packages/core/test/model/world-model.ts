import type { Limits } from '../../src/limits.ts';
import {
  refused,
  type Call,
  type ChallengeCall,
  type ConsumeCall,
  type CreateCall,
  type Party,
  type Predicted,
  type ProofCall,
  type Sight,
} from './call.ts';
import { KeyModel } from './key-model.ts';
import { MailModel } from './mail-model.ts';
import { sameText, termsOf } from './operation-model.ts';
import { RequestModel, type Attempt } from './request-model.ts';
import { sightOf, type RequestInWorld } from './sight-model.ts';
import { SubjectModel } from './subject-model.ts';
import { isVisible, mayCall } from './who-may.ts';

const second = 1000;
const day = 24 * 3600 * second;
const challengeLife = 300 * second;

/** An attempt that is being judged while other things happen. */
export interface Held {
  readonly held: true;
  readonly request: RequestInWorld;
  readonly command: 'check' | 'grant';
  readonly attempt: Attempt;
  readonly byService: boolean;
}

interface ByName {
  readonly as: Party;
  readonly request: string;
}

type NamedCall<Each extends { readonly do: string }> = Each & Pick<Call, 'as' | 'key'>;

/**
 * The whole of core's promise about authorization requests, in memory: who may call, what is refused and in
 * which order, what it costs. Written from the contract and the threat model; it shares no code with core.
 */
export class WorldModel {
  now: number;
  readonly requests = new Map<string, RequestInWorld>();
  readonly #limits: Limits;
  readonly #subjects = new Map<string, SubjectModel>();
  readonly #mail: MailModel;
  readonly #keys = new KeyModel();

  constructor(now: number, limits: Limits) {
    this.now = now;
    this.#limits = limits;
    this.#mail = new MailModel(limits);
  }

  /** The answer to a call, and all that follows from it. */
  answer(call: Call): Predicted {
    const begun = this.begin(call);
    return 'held' in begun ? this.finish(begun) : begun;
  }

  /** As `answer`, but a proof that has something to be compared with is left being judged. */
  begin(call: Call): Predicted | Held {
    if (!mayCall(call)) return refused('forbidden');
    if (isCodeFromDevice(call)) return refused(this.#visible(call) ? 'forbidden' : 'not_found');
    if (call.do === 'create' && termsOf(call.slug).sessionRequired && call.session === null)
      return refused('invalid_input');
    if (call.key === null) return this.#perform(call);
    const known = this.#keys.answerTo(call, this.now);
    if (known) return known;
    const begun = this.#perform(call);
    const answer = 'held' in begun ? this.finish(begun) : begun;
    this.#keys.remember(call, answer, this.now);
    return answer;
  }

  /** The proof is judged: the answer is written. */
  finish({ request, command, attempt, byService }: Held): Predicted {
    const { life } = request;
    const verdict = life.answer(attempt, command, this.now);
    if (verdict !== 'wrong') this.#subject(request.subject).giveBack(attempt.at, attempt.method);
    if (verdict === 'expired') return refused('expired');
    if (verdict === 'not_waiting') return this.#notWaiting(life);
    const right = verdict === 'right';
    if (right && command === 'check' && byService) life.checked = { at: this.now, method: attempt.method };
    const attemptsLeft = life.attemptsLeft;
    if (command === 'check') return { value: { valid: right, attemptsLeft } };
    const sight = this.#sightOf(request);
    return {
      value: right ? { granted: true, request: sight } : { granted: false, attemptsLeft, request: sight },
    };
  }

  /** Whoever was judging dies: the attempt stays open for ever. True when there was one. */
  begunAndLost(call: NamedCall<ProofCall>): boolean {
    const begun = this.#spend(call);
    return 'held' in begun;
  }

  sweep(): void {
    for (const { life } of this.requests.values()) {
      life.sweep(this.now);
      life.denyLeftBehind(this.now, this.#limits.attemptSecondsMax * second);
    }
  }

  sight(name: string): Sight | null {
    const request = this.requests.get(name);
    return request ? this.#sightOf(request) : null;
  }

  /** What is held against each subject: charges of the day, streaks that still count. */
  budgets(): Record<string, { charges: readonly number[]; streaks: Record<string, unknown> }> {
    const budgets = [...this.#subjects].map(([name, subject]) => {
      const streaks = [...subject.streaks].map(([factor, { count, waitUntil }]) => [
        factor,
        { count, until: waitUntil },
      ]);
      return [name, { charges: subject.chargesAt(this.now), streaks: Object.fromEntries(streaks) as object }];
    });
    return Object.fromEntries(budgets) as ReturnType<WorldModel['budgets']>;
  }

  /** When anything changes by itself, for a clock that wants to be there at that very moment. */
  moments(): number[] {
    const ofRequests = [...this.requests.values()].flatMap(({ life, resendAfter }) => [
      life.expiresAt,
      life.executeBefore ?? 0,
      life.codes.at(-1)?.until ?? 0,
      resendAfter ?? 0,
      life.checked ? life.checked.at + this.#limits.checkedSeconds * second : 0,
      (life.decision?.at ?? 0) + this.#limits.afterDenySeconds * second,
      (life.attempts.at(-1)?.at ?? 0) + this.#limits.attemptSecondsMax * second,
    ]);
    const ofSubjects = [...this.#subjects.values()].flatMap(({ charges, streaks }) => [
      ...charges.map((at) => at + day),
      ...[...streaks.values()].map(({ waitUntil }) => waitUntil),
    ]);
    return [...ofRequests, ...ofSubjects].filter((at) => at > this.now).sort((a, b) => a - b);
  }

  #perform(call: Call): Predicted | Held {
    switch (call.do) {
      case 'create':
        return this.#create(call);
      case 'challenge':
      case 'reset':
        return this.#challenge(call);
      case 'check':
      case 'grant': {
        const begun = this.#spend(call);
        // The next call denies what a crash left behind: the request that it is about, and no other.
        if ('refused' in begun && begun.refused === 'attempts_exhausted') {
          const found = this.requests.get(call.request);
          found?.life.denyLeftBehind(this.now, this.#limits.attemptSecondsMax * second);
        }
        // With no code open there is nothing to compare: the answer is wrong at once.
        const judged = 'held' in begun && begun.request.life.openCodes(this.now, call.method).length === 0;
        return judged ? this.finish(begun) : begun;
      }
      case 'deny': {
        const reason = call.as.kind === 'service' ? (call.reason ?? 'declined') : 'declined';
        return this.#decline(call, 'denied', reason);
      }
      case 'cancel':
        return this.#decline(call, 'cancelled', null);
      case 'grant without proof':
        return this.#grantByCheck(call);
      case 'consume':
        return this.#consume(call);
    }
  }

  #create(call: CreateCall): Predicted {
    const { now } = this;
    const terms = termsOf(call.slug);
    const sends = call.methods.length === 1;
    const limits = this.#limits;
    const own = [...this.requests.values()].filter(({ subject }) => subject === call.subject);
    const waiting = own.filter(({ life }) => life.stateAt(now) === 'waiting');
    const denied = own.filter(
      ({ life, slug, data }) =>
        slug === call.slug &&
        data === sameText(call.data) &&
        life.decision?.state === 'denied' &&
        life.decision.reason !== 'attempts_exhausted' &&
        now < life.decision.at + limits.afterDenySeconds * second,
    );
    const full: number[] = [];
    if (waiting.length >= limits.waitingPerSubjectMax)
      full.push(Math.min(...waiting.map(({ life }) => life.expiresAt)));
    if (sends) full.push(...this.#mail.full(now, call.subject, call.address));
    if (denied.length > 0) {
      full.push(
        Math.max(...denied.map(({ life }) => (life.decision?.at ?? 0) + limits.afterDenySeconds * second)),
      );
    }
    if (full.length > 0) return refused('rate_limited', {}, full);
    const life = new RequestModel({
      createdAt: now,
      expiresAt: now + (call.answerWithin ?? terms.answerWithin) * second,
      executeWithin: (call.executeWithin ?? terms.executeWithin) * second,
      attemptsMax: terms.attemptsMax,
      resendsMax: limits.resendsPerRequestMax,
    });
    const request: RequestInWorld = {
      ...call,
      name: call.request,
      data: sameText(call.data),
      life,
      resendAfter: null,
    };
    this.requests.set(request.name, request);
    this.#subject(call.subject);
    const [method] = call.methods;
    if (!sends || method === undefined) return { value: { request: this.#sightOf(request) } };
    const until = Math.min(now + challengeLife, life.expiresAt);
    life.first({ code: call.code, method, era: 0, at: now, until });
    return this.#send(request, call.carrierWorks, () => ({ request: this.#sightOf(request) }));
  }

  #challenge(call: NamedCall<ChallengeCall>): Predicted {
    const { now } = this;
    const request = this.#visible(call);
    if (!request) return refused('not_found');
    const { life } = request;
    const refusal = life.refusal(now);
    if (refusal) return this.#refusal(refusal, life);
    if (call.method === null && request.methods.length > 1) return refused('method_ambiguous');
    const method = call.method ?? request.methods[0];
    if (method === undefined || !request.methods.includes(method)) return refused('method_unavailable');
    if (life.sendsLeft === 0) return refused('rate_limited');
    if (request.resendAfter !== null && now < request.resendAfter)
      return refused('rate_limited', {}, [request.resendAfter]);
    const full = this.#mail.full(now, request.subject, request.address);
    if (full.length > 0) return refused('rate_limited', {}, full);
    const code = { code: call.code, method, at: now };
    if (call.do === 'challenge') {
      life.challenge(now, { ...code, until: Math.min(now + challengeLife, life.expiresAt) });
      return this.#send(request, call.carrierWorks, () => ({ challenge: this.#sightOf(request).challenge }));
    }
    const expiresAt = now + (call.answerWithin ?? termsOf(request.slug).answerWithin) * second;
    life.reset(now, expiresAt, { ...code, until: now + challengeLife });
    return this.#send(request, call.carrierWorks, () => {
      const sight = this.#sightOf(request);
      return { request: sight, challenge: sight.challenge };
    });
  }

  /** A message that the carrier refuses costs its limits; the person may ask again at once. */
  #send(request: RequestInWorld, carrierWorks: boolean, value: () => Record<string, unknown>): Predicted {
    this.#mail.send(this.now, request.subject, request.address);
    request.resendAfter = carrierWorks ? this.now + this.#limits.resendCoolDownSeconds * second : null;
    return carrierWorks ? { value: value() } : refused('delivery_failed', { request: request.name });
  }

  #spend(call: NamedCall<ProofCall>): Predicted | Held {
    const { now } = this;
    const { code, method } = call;
    if (method !== 'otp' && method !== 'letter') return refused('method_unavailable');
    if (typeof code !== 'string' || !/^[0-9]{6,10}$/.test(code)) return refused('invalid_input');
    const request = this.#visible(call);
    if (!request) return refused('not_found');
    const { life } = request;
    const refusal = life.refusal(now) ?? (life.attemptsLeft === 0 ? 'attempts_exhausted' : null);
    if (refusal) return this.#refusal(refusal, life);
    if (!request.methods.includes(method)) return refused('method_unavailable');
    const subject = this.#subject(request.subject);
    const locked = subject.locked(now, method);
    if (locked) return refused(locked.reason, {}, locked.retryAt === null ? [] : [locked.retryAt]);
    const attempt = life.spend(now, method, code);
    if (typeof attempt === 'string') throw new Error(`the model refuses its own attempt: ${attempt}`);
    subject.charge(now, method);
    return { held: true, request, command: call.do, attempt, byService: call.as.kind === 'service' };
  }

  #grantByCheck(call: ByName): Predicted {
    const request = this.#visible(call);
    if (!request) return refused('not_found');
    const { life } = request;
    const early = life.refusal(this.now);
    if (early) return this.#refusal(early, life);
    if (call.as.kind !== 'service') return refused('proof_required');
    const refusal = life.grantByCheck(this.now);
    if (refusal) return refused(refusal);
    // The right answer that this rests on has ended a streak already; what was guessed since stands.
    return { value: { granted: true, request: this.#sightOf(request) } };
  }

  #decline(call: ByName, state: 'denied' | 'cancelled', reason: string | null): Predicted {
    const request = this.#visible(call);
    if (!request) return refused('not_found');
    const refusal = request.life.decide(state, this.now, reason);
    return refusal ? this.#refusal(refusal, request.life) : { value: { request: this.#sightOf(request) } };
  }

  #consume(call: NamedCall<ConsumeCall>): Predicted {
    const request = this.requests.get(call.request);
    const theirs =
      request &&
      request.subject === call.subject &&
      (request.session === null || request.session === call.session);
    if (!theirs) return refused('not_found');
    if (request.slug !== call.slug || request.data !== sameText(call.data)) return refused('data_mismatch');
    const { life } = request;
    const { consumedAt, events } = life;
    const length = events.length;
    const refusal = life.consume(this.now);
    if (refusal) return this.#refusal(refusal, life);
    const { slug, subject, session } = request;
    const value = {
      receipt: {
        request: request.name,
        slug,
        subject,
        session,
        grantedAt: life.decision?.at,
        consumedAt: this.now,
      },
    };
    if (call.transaction === 'rolled back') {
      life.consumedAt = consumedAt;
      events.length = length;
    }
    return { value };
  }

  #refusal(reason: string, life: RequestModel): Predicted {
    if (reason === 'not_waiting') return this.#notWaiting(life);
    if (reason === 'not_granted') return refused(reason, { state: life.stateAt(this.now) });
    return refused(reason);
  }

  #notWaiting(life: RequestModel): Predicted {
    return refused('not_waiting', { state: life.stateAt(this.now), reason: life.decision?.reason ?? null });
  }

  /** What a party may not see answers like what does not exist. */
  #visible({ as, request: name }: ByName): RequestInWorld | null {
    const request = this.requests.get(name);
    return request && isVisible(as, request) ? request : null;
  }

  #sightOf(request: RequestInWorld): Sight {
    return sightOf(request, this.now);
  }

  #subject(name: string): SubjectModel {
    const known = this.#subjects.get(name);
    if (known) return known;
    const subject = new SubjectModel(this.#limits);
    this.#subjects.set(name, subject);
    return subject;
  }
}

/** A device grants with its own proof; every proof of this world is a code. */
function isCodeFromDevice(call: Call): call is Extract<Call, { do: 'grant' | 'grant without proof' }> {
  return call.as.kind === 'device' && (call.do === 'grant' || call.do === 'grant without proof');
}
