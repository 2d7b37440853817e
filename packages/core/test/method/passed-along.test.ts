import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineMethod, type KnownFactor } from '../../src/method/define.ts';

const context = { ip: '::1' };
const surroundings = { settings: {}, issuer: 'Example Bank', context };
const request = {
  kind: 'authorization_request',
  id: 'areq_1',
  slug: 'transfer',
  subjectId: 'ada',
  dataHash: 'data',
  displayHash: 'display',
} as const;
const now = new Date(0);
const factor: KnownFactor = { id: 'fact_1', subjectId: 'ada', config: {} };
const randomness = { bytes: (length: number) => new Uint8Array(length), integer: () => 0 };

/** A method that does nothing but keep what its hooks were told. */
function createSpy({ ownEnrolment }: { ownEnrolment: boolean }) {
  const told: Record<string, unknown> = {};
  const keep =
    <Answer>(hook: string, answer: Answer) =>
    (input: { readonly context: unknown }): Answer => {
      told[hook] = input.context;
      return answer;
    };
  const code = z.strictObject({ code: z.string().max(8) });
  const method = defineMethod({
    key: 'spy',
    title: 'Spy',
    binding: 'none',
    proof: code,
    factor: z.strictObject({}),
    reach: keep('reach', { recipient: null }),
    issue: keep('issue', {}),
    verify: keep('verify', { valid: true }),
    isSignificantChange: keep('isSignificantChange', true),
    confirmsAtOnce: keep('confirmsAtOnce', false),
    onDecision: (input) => {
      told['onDecision'] = input.context;
    },
    ...(ownEnrolment
      ? {
          enrolment: {
            answer: code,
            begin: keep('begin', { config: {}, confirmedBy: 'proof' as const }),
            complete: keep('complete', { valid: true }),
          },
        }
      : {}),
  });
  return { method, told };
}

type Spied = ReturnType<typeof createSpy>['method'];

async function enrol(method: Spied): Promise<void> {
  const whose = { subjectId: 'ada', factorId: 'fact_1' } as const;
  const begun = { ...surroundings, ...whose, given: {}, current: null, factors: [], randomness, now };
  await method.enrolment?.begin(begun);
  const answered = {
    ...surroundings,
    ...whose,
    answer: { code: '1' },
    config: {},
    request,
    matches: () => true,
    now,
  };
  expect(await method.enrolment?.complete(answered)).toMatchObject({ valid: true });
}

it('what the caller passes along reaches every hook of a method', async () => {
  const { method, told } = createSpy({ ownEnrolment: true });
  await enrol(method);
  await method.reach?.({ ...surroundings, subjectId: 'ada', deliverTo: null });
  await method.issue({
    ...surroundings,
    request: {
      ...request,
      sessionId: null,
      locale: 'en',
      deliverTo: null,
      title: '',
      description: null,
      facts: [],
    },
    factor,
    factors: [factor],
    recipient: null,
    expiresInSeconds: 300,
    randomness,
    generate: undefined,
  });
  await method.verify({
    ...surroundings,
    proof: { method: 'spy', code: '1' },
    decision: 'grant',
    request,
    challenge: null,
    factor,
    matches: () => true,
    now,
  });
  method.isSignificantChange({ before: {}, after: {}, context });
  method.confirmsAtOnce({ data: null, factor, context });
  await method.onDecision?.({ ...surroundings, decision: 'granted', request });
  const hooks = [
    'begin',
    'complete',
    'confirmsAtOnce',
    'isSignificantChange',
    'issue',
    'onDecision',
    'reach',
    'verify',
  ];
  expect(told).toEqual(Object.fromEntries(hooks.map((hook) => [hook, context])));
});

it('and `verify`, when a method’s own proof confirms the enrolment', async () => {
  const { method, told } = createSpy({ ownEnrolment: false });
  await enrol(method);
  expect(told).toEqual({ verify: context });
});
