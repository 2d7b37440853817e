import { expect, it } from 'vitest';
import { managementOperation } from '../../src/factor-management/operation.ts';
import { ada, openFactorCore, refusedRequest, vouchedOtp } from './people.ts';

function shown(value: string): string | undefined {
  const facts = { Name: value };
  const operation = managementOperation('countersign.factor.update', { title: 'Change', facts }, []);
  return operation.facts?.({}, { locale: undefined })['Name'];
}

it('what is read of a factor is cut at 200 and never within a character', () => {
  expect(shown('x'.repeat(300))).toBe('x'.repeat(200));
  expect(shown(`${'x'.repeat(199)}\u{1f511}`)).toBe('x'.repeat(199));
  expect(shown(`${'x'.repeat(198)}\u{1f511}y`)).toBe(`${'x'.repeat(198)}\u{1f511}`);
  expect(shown('a\ud83dz\u0000')).toBe('a\ufffdz\ufffd');
});

it('no legal change is refused for the length of what a method says of it', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const address = async (name: string) => {
    const config = { key: 'k', name };
    const call = test.core.factors.create(ada(test), { methodId: 'signet', config });
    return (await refusedRequest(call)).facts.find(({ label }) => label === 'Address')?.value;
  };
  expect(await address(`${'x'.repeat(192)}\u{1f511}`)).toBe(`signet ${'x'.repeat(192)}`);
  expect(await address('\u202e'.repeat(300))).toBe(`signet ${'\\u202e'.repeat(193)}`);
});
