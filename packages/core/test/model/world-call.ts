import type { Call, Party } from './call.ts';
import { dataPool, reordered, slugs } from './operation-model.ts';
import { malformedCodes, type Caller, type Consumption, type WorldStep } from './world-step.ts';
import type { RequestInWorld } from './sight-model.ts';
import type { WorldModel } from './world-model.ts';

/** A step that is a call of its own. */
export type CallStep = Exclude<WorldStep, { do: 'repeat' | 'finish' | 'advance' | 'reach' | 'sweep' }>;
type ProofStep = Extract<CallStep, { do: 'check' | 'grant' }>;

/** Names of one world; no other world on the same database has the same. */
export interface WorldNames {
  readonly world: string;
  /** A code that was never sent before, nor will be. */
  nextCode(): string;
}

/** Decides everything about a step that depends on what there is: which request, which code, whose. */
export function callOf(step: CallStep, model: WorldModel, { world, nextCode }: WorldNames): Call {
  const all = [...model.requests.values()];
  const key = step.key === null ? null : `${world} ${step.key}`;
  if (step.do === 'create') {
    const { caller, session, methods, slug, answerWithin, executeWithin, carrierWorks } = step;
    const subject = `${world} s${step.subject}`;
    return {
      do: 'create',
      as: caller === 'service' || caller === 'operator' ? { kind: caller } : partyOf(caller, subject, null),
      key,
      request: `${world} r${all.length}`,
      subject,
      session: session === null ? null : `session ${session}`,
      slug,
      data: dataPool[step.data],
      methods,
      answerWithin,
      executeWithin,
      address: addressOf(world, step.subject, step.address),
      code: nextCode(),
      carrierWorks,
    };
  }
  const target = step.request === null ? undefined : all.at(-1 - (step.request % Math.max(all.length, 1)));
  const subject = target?.subject ?? `${world} s0`;
  const request = target?.name ?? 'nothing';
  const common = { as: partyOf(step.caller, subject, target?.session ?? null), key, request };
  switch (step.do) {
    case 'challenge':
    case 'reset': {
      const { method, carrierWorks } = step;
      const answerWithin = step.do === 'reset' ? step.answerWithin : null;
      return { ...common, do: step.do, method, answerWithin, code: nextCode(), carrierWorks };
    }
    case 'check':
    case 'grant':
      return { ...common, do: step.do, ...proofOf(step, target, all) };
    case 'grant without proof':
    case 'cancel':
      return { ...common, do: step.do };
    case 'deny':
      return { ...common, do: 'deny', reason: step.reason };
    case 'consume': {
      const { transaction, otherwise } = step;
      const as: Party = step.caller === 'operator' ? { kind: 'operator' } : { kind: 'service' };
      // In a transaction of the host a key has no meaning: the transaction is one.
      const own = transaction === 'none' ? key : null;
      return {
        ...common,
        as,
        key: own,
        do: 'consume',
        transaction,
        ...consumptionOf(otherwise, target, world),
      };
    }
  }
}

function partyOf(caller: Caller | 'device', subject: string, session: string | null): Party {
  switch (caller) {
    case 'service':
    case 'operator':
      return { kind: caller };
    case 'owner':
      return { kind: 'subject', subject, session };
    case 'other session':
      return { kind: 'subject', subject, session: 'session of somebody else' };
    case 'no session':
      return { kind: 'subject', subject, session: null };
    case 'other subject':
      return { kind: 'subject', subject: `not ${subject}`, session };
    case 'device':
      return { kind: 'device', subject };
    case 'other device':
      return { kind: 'device', subject: `not ${subject}` };
  }
}

/** A subject's own mailbox, the same otherwise spelt, or one that several subjects share. */
function addressOf(world: string, subject: number, which: number): string {
  const mailbox = `${world}-${subject}`.replaceAll(' ', '');
  return (
    [`${mailbox}@example.org`, `${mailbox.toUpperCase()}+bank@EXAMPLE.org`, `${world}-family@example.org`][
      which
    ] ?? ''
  );
}

function proofOf(step: ProofStep, target: RequestInWorld | undefined, all: readonly RequestInWorld[]) {
  const sent = target?.life.codes ?? [];
  const chosen = {
    newest: sent.at(-1),
    previous: sent.at(-2),
    oldest: sent.at(0),
    void: sent.findLast(({ era }) => era < (target?.life.resets ?? 0)),
    foreign: all.findLast((other) => other !== target && other.life.codes.length > 0)?.life.codes.at(-1),
    wrong: undefined,
  }[step.proof];
  const method = step.method ?? chosen?.method ?? target?.methods[0] ?? 'otp';
  const code = step.malformed === null ? (chosen?.code ?? '0000000000') : malformedCodes[step.malformed];
  return { method, code };
}

function consumptionOf(otherwise: Consumption, target: RequestInWorld | undefined, world: string) {
  const { slug = 'note', subject = `${world} s0`, session = null } = target ?? {};
  const data: unknown = target ? JSON.parse(target.data) : null;
  const right = { slug, subject, session, data };
  switch (otherwise) {
    case 'right':
      return right;
    case 'reordered':
      return { ...right, data: reordered(data) };
    case 'data':
      return { ...right, data: { not: data } };
    case 'no json':
      return { ...right, data: Number.NaN };
    case 'subject':
      return { ...right, subject: `not ${subject}` };
    case 'session':
      return { ...right, session: 'session of somebody else' };
    case 'slug':
      return { ...right, slug: slugs.find((other) => other !== slug) ?? slug };
    case 'nothing':
      return { ...right, request: 'nothing' };
  }
}
