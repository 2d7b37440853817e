import { challengeChecks } from './method-contract/challenge-checks.ts';
import type { MethodCheck, MethodContract } from './method-contract/contract.ts';
import { enrolmentChecks } from './method-contract/enrolment-checks.ts';
import { inputChecks } from './method-contract/input-checks.ts';
import { proofChecks } from './method-contract/proof-checks.ts';
import { shapeChecks } from './method-contract/shape-checks.ts';

export type { MethodContract, ProofWorld } from './method-contract/contract.ts';

/** Null where it is not installed: whoever tests by another runner uses the rest of this door. */
const vitest = await import('vitest').catch(() => null);

/** Everything that the engine relies on and that a type cannot say, of any method. */
export const methodChecks: readonly MethodCheck[] = [
  ...shapeChecks,
  ...challengeChecks,
  ...proofChecks,
  ...enrolmentChecks,
  ...inputChecks,
];

/** Those that mean something for this method. */
export function checksOf(contract: MethodContract): MethodCheck[] {
  return methodChecks.filter(({ appliesTo }) => appliesTo?.(contract) ?? true);
}

/**
 * The conformance suite for a method of your own, in a test file of vitest. The method stands alone: no database, the
 * same chance and the same clock at every run. Every check gets a contract of its own, so that a virtual device can
 * remember its keys in it.
 *
 * @example
 * ```ts
 * describeMethodContract('fax', () => ({ method: fax, given: { number: '+49 30 901820' } }));
 * ```
 */
export function describeMethodContract(name: string, makeContract: () => MethodContract): void {
  if (vitest === null) throw new Error('describeMethodContract needs vitest, which is not installed');
  const { describe, it } = vitest;
  describe(`${name} keeps the contract of a method`, () => {
    for (const { promise, check } of checksOf(makeContract()))
      it(promise, async () => {
        await check(makeContract());
      });
  });
}
