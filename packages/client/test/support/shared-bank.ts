import { afterAll, beforeAll } from 'vitest';
import type { TransformerOption } from '../../src/index.ts';
import { openGuardedBank, type GuardedBank, type Person } from './guarded-bank.ts';

/** One bank for all tests of a block; every test has a person of its own. */
export function sharedBank(transformer: TransformerOption = null): {
  readonly bank: () => GuardedBank;
  readonly newPerson: () => Person;
} {
  let bank: GuardedBank | undefined;
  let people = 0;
  beforeAll(async () => {
    bank = await openGuardedBank(transformer);
  });
  afterAll(async () => {
    await bank?.[Symbol.asyncDispose]();
  });
  return {
    bank: () => bank!,
    newPerson() {
      people += 1;
      return bank!.person(`ada-${people}`);
    },
  };
}
