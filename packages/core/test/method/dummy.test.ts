import { expect, it } from 'vitest';
import type { KnownFactor } from '../../src/method/define.ts';
import { dummy } from '../../src/method/methods/dummy.ts';

const method = dummy();
const surroundings = { settings: {}, issuer: 'Example Bank', context: null };

async function prove(answer: 'right' | 'wrong', factor: KnownFactor | null): Promise<boolean> {
  const { valid } = await method.verify({
    ...surroundings,
    proof: method.proof.parse({ method: 'dummy', answer }),
    decision: 'grant',
    request: {
      kind: 'authorization_request',
      id: 'areq_1',
      slug: 'transfer',
      subjectId: 'ada',
      dataHash: 'data',
      displayHash: 'display',
    },
    challenge: null,
    factor,
    matches: () => false,
    now: new Date(0),
  });
  return valid;
}

const factorWith = (config: unknown): KnownFactor => ({ id: 'fact_1', subjectId: 'ada', config });

it('the dummy believes whoever says right, with a factor and without one', async () => {
  for (const factor of [null, factorWith({})]) {
    expect(await prove('right', factor)).toBe(true);
    expect(await prove('wrong', factor)).toBe(false);
  }
  expect(await method.reach?.({ ...surroundings, subjectId: null, deliverTo: null })).toEqual({
    recipient: null,
  });
});

it('the dummy is used where an operation lists it, and is tied to nothing', () => {
  expect(method).toMatchObject({ mustBeListed: true, binding: 'none' });
});

it('the dummy confirms at once where its factor says so, and nowhere else', () => {
  const confirms = (factor: KnownFactor | null) =>
    method.confirmsAtOnce({ data: null, factor, context: null });
  expect(confirms(factorWith({ atOnce: true }))).toBe(true);
  for (const factor of [null, factorWith({}), factorWith({ atOnce: false }), factorWith({ label: 'atOnce' })])
    expect(confirms(factor)).toBe(false);
});

it('the dummy asks for a proof of every change but that of its label', () => {
  const isSignificant = (before: object, after: object) =>
    method.isSignificantChange({ before, after, context: null });
  expect(isSignificant({ label: 'a' }, { label: 'b' })).toBe(false);
  expect(isSignificant({ atOnce: true }, { atOnce: true, label: 'b' })).toBe(false);
  expect(isSignificant({}, { atOnce: true })).toBe(true);
  expect(isSignificant({ atOnce: true, label: 'a' }, { label: 'a' })).toBe(true);
});
