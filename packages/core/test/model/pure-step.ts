import fc from 'fast-check';

/** Which code a proof names, in words: what the code is depends on what was sent by then. */
export const proofChoices = ['newest', 'previous', 'oldest', 'void', 'foreign', 'wrong'] as const;
export type ProofChoice = (typeof proofChoices)[number];

/** One thing that happens. `request` counts from the newest: the newest ones are where life is. */
export type PureStep =
  | {
      readonly do: 'create';
      readonly attemptsMax: number;
      readonly answerWithin: number;
      readonly executeWithin: number;
    }
  | { readonly do: 'challenge' | 'deny' | 'cancel' | 'consume'; readonly request: number }
  | { readonly do: 'reset'; readonly request: number; readonly seconds: number }
  | {
      readonly do: 'check' | 'grant';
      readonly request: number;
      readonly proof: ProofChoice;
      /** Whether the answer is still to come while other things happen. */
      readonly pending: boolean;
    }
  | { readonly do: 'finish'; readonly which: number }
  | { readonly do: 'advance'; readonly seconds: number }
  | { readonly do: 'reach'; readonly moment: number; readonly offset: -1 | 0 | 1 }
  | { readonly do: 'sweep' };

const recent = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 5 }) },
);

const proofChoice = fc.oneof(
  { weight: 5, arbitrary: fc.constant('newest' as const) },
  { weight: 2, arbitrary: fc.constant('previous' as const) },
  { weight: 5, arbitrary: fc.constant('wrong' as const) },
  { weight: 2, arbitrary: fc.constantFrom(...proofChoices) },
);

const seconds = fc.oneof(
  { weight: 16, arbitrary: fc.integer({ min: 1, max: 90 }) },
  { weight: 3, arbitrary: fc.integer({ min: 91, max: 900 }) },
  { weight: 1, arbitrary: fc.integer({ min: 901, max: 90_000 }) },
);

export const pureStep: fc.Arbitrary<PureStep> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      attemptsMax: fc.integer({ min: 1, max: 5 }),
      answerWithin: fc.constantFrom(120, 300, 3600),
      executeWithin: fc.constantFrom(10, 300, 86_400),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constantFrom('challenge', 'consume'), request: recent }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('deny', 'cancel'), request: recent }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reset' as const),
      request: recent,
      seconds: fc.integer({ min: 1, max: 3600 }),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constantFrom('check', 'grant'),
      request: recent,
      proof: proofChoice,
      pending: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const), which: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('advance' as const), seconds }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reach' as const),
      moment: fc.nat(3),
      offset: fc.constantFrom(-1 as const, 0 as const, 1 as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sweep' as const) }) },
);
