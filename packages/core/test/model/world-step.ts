import fc from 'fast-check';
import { dataPool, slugs } from './operation-model.ts';
import { proofChoices, type ProofChoice } from './pure-step.ts';

/** How a proof's text is spoilt, if it is. */
export const malformedCodes: readonly unknown[] = [
  '',
  '12345',
  '12345678901',
  '１２３４５６',
  12_345_678,
  null,
  ' 123456',
  '12 456',
];

/** What is said otherwise when a grant is consumed. */
export const consumptions = [
  'right',
  'reordered',
  'data',
  'no json',
  'subject',
  'session',
  'slug',
  'nothing',
] as const;
export type Consumption = (typeof consumptions)[number];

/** Who calls, seen from the request. */
export const callers = [
  'service',
  'owner',
  'other session',
  'no session',
  'other subject',
  'device',
  'other device',
  'operator',
] as const;
export type Caller = (typeof callers)[number];

interface OnRequest {
  /** Counted from the newest; null: one that does not exist. */
  readonly request: number | null;
  readonly caller: Caller;
  /** Which idempotency key, if any. */
  readonly key: number | null;
}

export type WorldStep =
  | {
      readonly do: 'create';
      readonly caller: 'service' | 'owner' | 'device' | 'operator';
      readonly subject: number;
      readonly session: number | null;
      readonly slug: string;
      readonly data: number;
      readonly methods: readonly string[];
      readonly answerWithin: number | null;
      readonly executeWithin: number | null;
      readonly address: number;
      readonly carrierWorks: boolean;
      readonly key: number | null;
    }
  | (OnRequest & {
      readonly do: 'challenge' | 'reset';
      readonly method: string | null;
      readonly answerWithin: number | null;
      readonly carrierWorks: boolean;
    })
  | (OnRequest & {
      readonly do: 'check' | 'grant';
      readonly proof: ProofChoice;
      /** The method, when it is not the one of the code. */
      readonly method: string | null;
      /** Which malformed text instead of a code. */
      readonly malformed: number | null;
      readonly end: 'at once' | 'later' | 'never';
    })
  | (OnRequest & { readonly do: 'grant without proof' | 'cancel' })
  | (OnRequest & { readonly do: 'deny'; readonly reason: 'declined' | 'not_me' | null })
  | (OnRequest & {
      readonly do: 'consume';
      readonly otherwise: Consumption;
      readonly transaction: 'none' | 'committed' | 'rolled back';
    })
  /** A call that had an idempotency key, once more. */
  | { readonly do: 'repeat'; readonly which: number }
  | { readonly do: 'finish'; readonly which: number }
  | { readonly do: 'advance'; readonly seconds: number }
  /** To one of the next moments at which something changes by itself, or a millisecond beside it. */
  | { readonly do: 'reach'; readonly moment: number; readonly offset: -1 | 0 | 1 }
  | { readonly do: 'sweep' };

/** Mostly the first, sometimes one of the others. */
function mostly<Value>(weight: number, first: Value, ...others: Value[]): fc.Arbitrary<Value> {
  return fc.oneof(
    { weight, arbitrary: fc.constant(first) },
    { weight: 1, arbitrary: fc.constantFrom(first, ...others) },
  );
}

const key = mostly<number | null>(5, null, 0, 1, 2);
const onRequest = {
  request: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 2 }) },
    { weight: 2, arbitrary: fc.integer({ min: 3, max: 9 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  caller: fc.oneof(
    { weight: 12, arbitrary: fc.constant('service' as const) },
    { weight: 5, arbitrary: fc.constant('owner' as const) },
    { weight: 2, arbitrary: fc.constantFrom(...callers) },
  ),
  key,
};
const method = mostly<string | null>(3, null, 'otp', 'letter', 'fax');
const seconds = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 20 }) },
  { weight: 12, arbitrary: fc.integer({ min: 21, max: 90 }) },
  { weight: 3, arbitrary: fc.integer({ min: 91, max: 900 }) },
  { weight: 1, arbitrary: fc.integer({ min: 901, max: 90_000 }) },
);

const create = fc.record({
  do: fc.constant('create' as const),
  caller: mostly<'service' | 'owner' | 'device' | 'operator'>(12, 'service', 'owner', 'device', 'operator'),
  subject: fc.nat(2),
  session: mostly<number | null>(1, null, 0, 1),
  slug: fc.constantFrom(...slugs),
  data: fc.nat(dataPool.length - 1),
  methods: mostly<readonly string[]>(3, ['otp'], ['letter'], ['otp', 'letter']),
  answerWithin: mostly<number | null>(4, null, 1, 60, 900, 3600),
  executeWithin: mostly<number | null>(2, null, 1, 60, 86_400),
  address: fc.nat(2),
  carrierWorks: mostly(8, true, false),
  key,
});

const proof = fc.record({
  do: fc.constantFrom('check' as const, 'grant' as const),
  ...onRequest,
  proof: fc.oneof(
    { weight: 8, arbitrary: fc.constant('newest' as const) },
    { weight: 5, arbitrary: fc.constant('wrong' as const) },
    { weight: 2, arbitrary: fc.constant('void' as const) },
    { weight: 3, arbitrary: fc.constantFrom(...proofChoices) },
  ),
  method: mostly<string | null>(12, null, 'otp', 'letter', 'fax'),
  malformed: mostly<number | null>(24, null, ...malformedCodes.keys()),
  end: fc.oneof(
    { weight: 12, arbitrary: fc.constant('at once' as const) },
    { weight: 5, arbitrary: fc.constant('later' as const) },
    { weight: 1, arbitrary: fc.constant('never' as const) },
  ),
});

const challenge = fc.record({
  do: fc.constantFrom('challenge' as const, 'reset' as const),
  ...onRequest,
  method,
  answerWithin: mostly<number | null>(4, null, 1, 60, 900, 3600),
  carrierWorks: mostly(5, true, false),
});

const grantWithoutProof = fc.record({ do: fc.constant('grant without proof' as const), ...onRequest });

const refuse = fc.oneof(
  fc.record({ do: fc.constant('cancel' as const), ...onRequest }),
  fc.record({
    do: fc.constant('deny' as const),
    ...onRequest,
    reason: fc.constantFrom('declined' as const, 'not_me' as const, null),
  }),
);

const consume = fc.record({
  do: fc.constant('consume' as const),
  ...onRequest,
  otherwise: mostly<Consumption>(2, 'right', ...consumptions),
  transaction: mostly<'none' | 'committed' | 'rolled back'>(2, 'none', 'committed', 'rolled back'),
});

const advance = fc.record({ do: fc.constant('advance' as const), seconds });
const reach = fc.record({
  do: fc.constant('reach' as const),
  moment: fc.nat(4),
  offset: fc.constantFrom(-1 as const, 0 as const, 1 as const),
});
const finish = fc.record({ do: fc.constant('finish' as const), which: fc.nat(5) });
const repeat = fc.record({ do: fc.constant('repeat' as const), which: fc.nat(5) });
const sweep = fc.record({ do: fc.constant('sweep' as const) });

const anything: fc.Arbitrary<WorldStep> = fc.oneof(
  { weight: 4, arbitrary: create },
  { weight: 3, arbitrary: challenge },
  { weight: 8, arbitrary: proof },
  { weight: 2, arbitrary: grantWithoutProof },
  { weight: 1, arbitrary: refuse },
  { weight: 3, arbitrary: consume },
  { weight: 3, arbitrary: repeat },
  { weight: 2, arbitrary: finish },
  { weight: 2, arbitrary: advance },
  { weight: 2, arbitrary: reach },
  { weight: 1, arbitrary: sweep },
);

/** As often as not what is asked for once more has been waited for: the cool-down is a minute. */
const patientChallenge = fc
  .tuple(challenge, fc.constantFrom(59, 60, 61))
  .map(([asked, pause]): readonly WorldStep[] => [{ do: 'advance', seconds: pause }, asked]);

const one = (step: fc.Arbitrary<WorldStep>): fc.Arbitrary<readonly WorldStep[]> => step.map((each) => [each]);

/** What happens to a new request while it is young: what takes three steps is met by chance otherwise. */
const scene: fc.Arbitrary<readonly WorldStep[]> = fc
  .tuple(
    create,
    fc.array(
      fc.oneof(
        { weight: 12, arbitrary: one(proof) },
        { weight: 1, arbitrary: one(challenge) },
        { weight: 3, arbitrary: patientChallenge },
        { weight: 3, arbitrary: one(grantWithoutProof) },
        { weight: 4, arbitrary: one(consume) },
        { weight: 2, arbitrary: one(finish) },
        { weight: 1, arbitrary: one(advance) },
        { weight: 2, arbitrary: one(reach) },
      ),
      { minLength: 2, maxLength: 8, size: 'max' },
    ),
  )
  .map(([first, steps]) => [
    first,
    ...steps.flat().map((step) => ('request' in step ? { ...step, request: 0 } : step)),
  ]);

/** A life of one world: single steps and scenes, some of each. */
export const world: fc.Arbitrary<readonly WorldStep[]> = fc
  .array(fc.oneof({ weight: 3, arbitrary: one(anything) }, { weight: 1, arbitrary: scene }), {
    maxLength: 50,
    size: 'max',
  })
  .map((scenes) => scenes.flat());
