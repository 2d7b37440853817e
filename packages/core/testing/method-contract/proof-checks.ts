import assert from 'node:assert/strict';
import type { Verdict } from '../../src/method/define.ts';
import {
  ask,
  askAgain,
  asJson,
  challengeOf,
  createConditions,
  makeRequest,
  rightProof,
  verify,
  type Asked,
} from './ceremony.ts';
import type { MethodCheck, MethodContract } from './contract.ts';
import { wrongProofs } from './wrong-proofs.ts';

/** Whose proof is tied to no challenge: only what it uses up keeps it from being used again. */
const stands = ({ method }: MethodContract) => method.provesBy === 'factor' && !method.needsChallenge;

/** What is right and what is not. */
export const proofChecks: readonly MethodCheck[] = [
  {
    promise: 'takes the right proof',
    async check(contract) {
      const { asked, right } = await proving(contract);
      assert.equal((await verify(contract, createConditions(), asked, right)).valid, true);
    },
  },
  {
    promise: 'takes no wrong proof',
    async check(contract) {
      const { asked, right } = await proving(contract);
      for (const wrong of wrongProofs(contract, right))
        refused(await verify(contract, createConditions(), asked, wrong), `takes ${JSON.stringify(wrong)}`);
    },
  },
  {
    promise: 'leaves to the engine what its secret is',
    appliesTo: ({ method }) => method.provesBy === 'secret' && method.needsChallenge,
    async check(contract) {
      const { asked, right } = await proving(contract);
      const verdict = await verify(contract, createConditions(), asked, right, { matches: () => false });
      refused(verdict, 'takes a proof that the engine says does not match');
    },
  },
  {
    promise: 'answers every well-formed proof with a verdict and throws at none',
    async check(contract) {
      const { asked, right } = await proving(contract);
      const challenges = [challengeOf(asked), ...(contract.method.needsChallenge ? [] : [null])];
      for (const proof of [right, ...wrongProofs(contract, right)])
        for (const challenge of challenges)
          for (const decision of ['grant', 'deny'] as const)
            for (const matches of [() => true, () => false]) {
              const different = { challenge, decision, matches };
              const verdict = await verify(contract, createConditions(), asked, proof, different);
              assert.equal(typeof verdict.valid, 'boolean');
            }
    },
  },
  {
    promise: 'keeps nothing between calls: the same question has the same answer',
    async check(contract) {
      const { asked, right } = await proving(contract);
      const first = await verify(contract, createConditions(), asked, right);
      assert.deepEqual(await verify(contract, createConditions(), asked, right), first);
    },
  },
  {
    promise: 'is right once: what proved is used up',
    appliesTo: stands,
    async check(contract) {
      const { asked, right } = await proving(contract);
      const first = await verify(contract, createConditions(), asked, right);
      assert(first.valid, 'the right proof is wrong');
      const again = await verify(contract, createConditions(), usedUp(asked, first), right);
      // The database refuses a mark that was there.
      const refusedByMark = again.valid && again.mark !== undefined && again.mark === first.mark;
      assert(!again.valid || refusedByMark, 'the same proof is right twice');
    },
  },
  {
    promise: 'marks what it uses up with a short text and a configuration that is JSON',
    appliesTo: stands,
    async check(contract) {
      const { asked, right } = await proving(contract);
      const verdict = await verify(contract, createConditions(), asked, right);
      assert(verdict.valid, 'the right proof is wrong');
      const { mark, config } = verdict;
      assert(mark === undefined || (mark !== '' && mark.length <= 200), 'a mark has 1 to 200 characters');
      if (config !== undefined) assert.deepEqual(asJson(config), config);
    },
  },
  {
    promise: 'takes no proof that was made for something else',
    appliesTo: ({ method }) => method.binding === 'cryptographic',
    async check(contract) {
      const conditions = createConditions();
      const { asked, right } = await proving(contract);
      const another = makeRequest('mallory');
      // Even if the digits happen to be the same.
      const different = { matches: () => true };
      const there = await askAgain(contract, conditions, asked, another);
      refused(await verify(contract, conditions, there, right, different), 'takes it at another request');
      const changed = { ...asked, request: { ...asked.request, dataHash: another.dataHash } };
      refused(await verify(contract, conditions, changed, right, different), 'takes it for other data');
    },
  },
  {
    promise: 'tells an approval from a refusal',
    appliesTo: ({ saysDecision = false }) => saysDecision,
    async check(contract) {
      const { asked, right: approval } = await proving(contract);
      const refusal = await rightProof(contract, asked, 'deny');
      const deny = { decision: 'deny' } as const;
      assert.equal((await verify(contract, createConditions(), asked, refusal, deny)).valid, true);
      refused(
        await verify(contract, createConditions(), asked, approval, deny),
        'takes an approval for a refusal',
      );
      refused(await verify(contract, createConditions(), asked, refusal), 'takes a refusal for an approval');
    },
  },
  {
    promise: 'confirms nothing at once for somebody without a factor',
    check({ method }) {
      assert.equal(method.confirmsAtOnce({ data: null, factor: null, context: null }), false);
    },
  },
];

async function proving(contract: MethodContract): Promise<{ asked: Asked; right: Record<string, unknown> }> {
  const asked = await ask(contract, createConditions());
  return { asked, right: await rightProof(contract, asked) };
}

function refused(verdict: Verdict, otherwise: string): void {
  assert.equal(verdict.valid, false, otherwise);
}

/** The factor as the engine has it after a right proof. */
function usedUp(asked: Asked, { config }: Extract<Verdict, { valid: true }>): Asked {
  const { factor } = asked;
  return config === undefined || !factor
    ? asked
    : { ...asked, factor: { ...factor, config: asJson(config) } };
}
