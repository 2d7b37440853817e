import type { Refusal } from './attempt.ts';
import type { PersistentCaller, Settled } from './persistent-caller.ts';

/** One request as its client knows it: everything that was acknowledged, in the order of the acknowledgements. */
export interface Story {
  readonly subjectId: string;
  readonly id: string;
  /** What its log must hold, no more and no less. */
  readonly events: readonly string[];
  readonly times: Readonly<Times>;
  /** How it ended: as it should, without its code (the inbox died with the server), or out of attempts. */
  readonly ending: 'consumed' | 'code lost' | 'attempts lost';
  /** Answers that were lost after the effect had been committed, and were found by their key. */
  readonly foundByKey: number;
  /** The calls that had an effect, to be repeated later. */
  readonly calls: readonly AcknowledgedCall[];
}

interface Times {
  createdAt: string;
  grantedAt: string | null;
  consumedAt: string | null;
}

export interface AcknowledgedCall {
  readonly path: string;
  readonly input: { readonly idempotencyKey: string };
  readonly result: unknown;
}

interface View {
  readonly id: string;
  readonly state: string;
  readonly createdAt: string;
  readonly decidedAt: string | null;
  readonly grantedAt: string | null;
}
type Grant = { readonly granted: boolean; readonly request: View };
type Consumption = { readonly consumed: true; readonly receipt: { readonly consumedAt: string } };

const data = { to: 'GB29 NWBK 6016 1331 9268 19', amountCents: 250_000 };

/** Whose request it is, and what its keys and its address begin with: nobody else's. */
export interface Person {
  readonly subjectId: string;
  readonly name: string;
  /** Whether a wrong answer comes first. A subject has so many a day. */
  readonly guesses: boolean;
}

/** Create, a wrong answer, the right one, consume: each with a key, each repeated until it is settled. */
export async function runCycle(
  caller: PersistentCaller,
  { subjectId, name, guesses }: Person,
): Promise<Story> {
  const events = ['created', 'challenged'];
  const calls: AcknowledgedCall[] = [];
  let foundByKey = 0;

  const mutate = async <Result>(verb: string, key: string, rest: object): Promise<Settled<Result>> => {
    const path = `authorizationRequest.${verb}`;
    const input = { ...rest, idempotencyKey: `${name}-${key}` };
    const settled = await caller.mutate<Result>(path, input);
    if (settled.ok) calls.push({ path, input, result: settled.result });
    return settled;
  };
  /** An effect that is older than the attempt that was answered came from one that was not. */
  const note = (settled: Settled<unknown>, effectAt: string) => {
    if (settled.wasUnknown && new Date(effectAt).getTime() < settled.sentAt) foundByKey += 1;
  };

  const address = `${name}@example.org`;
  const creation = await mutate<View>('create', 'create', {
    slug: 'transfer',
    subjectId,
    data,
    title: 'Transfer money',
    deliverTo: { channel: 'email', address },
  });
  const { id, createdAt } = answerOf(creation);
  note(creation, createdAt);
  const times: Times = { createdAt, grantedAt: null, consumedAt: null };
  const told = (ending: Story['ending']): Story => {
    return { subjectId, id, events, times, ending, foundByKey, calls };
  };
  const callOff = async (ending: Story['ending']): Promise<Story> => {
    const cancelled = await mutate<View>('cancel', 'cancel', { id });
    if (cancelled.ok) note(cancelled, cancelled.result.decidedAt ?? '');
    else if (!isExhausted(cancelled.refusal)) throw unexpected('cancel', cancelled.refusal);
    events.push(cancelled.ok ? 'cancelled' : 'denied');
    return told(ending);
  };

  const code = await caller.codeFor(address);
  if (code === null) return await callOff('code lost');

  if (guesses) {
    const wrongCode = code === '00000000' ? '11111111' : '00000000';
    const guess = await mutate<Grant>('grant', 'wrong', { id, proof: { method: 'otp', code: wrongCode } });
    if (!guess.ok && isWornOut(guess.refusal)) return await callOff('attempts lost');
    if (answerOf(guess).granted) throw new Error(`${id} was granted by a wrong code`);
    events.push('check_failed');
  }

  const grant = await mutate<Grant>('grant', 'right', { id, proof: { method: 'otp', code } });
  if (!grant.ok && isWornOut(grant.refusal)) return await callOff('attempts lost');
  const { granted, request } = answerOf(grant);
  if (!granted || request.grantedAt === null) throw new Error(`${id} was not granted by its code`);
  note(grant, request.grantedAt);
  times.grantedAt = request.grantedAt;
  events.push('granted');

  const use = await mutate<Consumption>('consume', 'consume', { id, slug: 'transfer', subjectId, data });
  const { consumedAt } = answerOf(use).receipt;
  note(use, consumedAt);
  times.consumedAt = consumedAt;
  events.push('consumed');
  return told('consumed');
}

function answerOf<Result>(settled: Settled<Result>): Result {
  if (settled.ok) return settled.result;
  throw unexpected('a call', settled.refusal);
}

function unexpected(what: string, refusal: Refusal): Error {
  return new Error(`${what} was refused: ${JSON.stringify(refusal)}`);
}

/** A kill between the reservation of an attempt and its judgement costs that attempt; four on one request, all. */
function isWornOut(refusal: Refusal): boolean {
  return isExhausted(refusal) || ['attempts_exhausted', 'factor_locked'].includes(refusal.reason);
}

function isExhausted({ reason, details }: Refusal): boolean {
  return reason === 'not_waiting' && details?.reason === 'attempts_exhausted';
}
