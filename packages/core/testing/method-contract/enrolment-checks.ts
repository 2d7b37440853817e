import assert from 'node:assert/strict';
import {
  ask,
  asJson,
  begin,
  complete,
  createConditions,
  enrolledAt,
  issuer,
  makeRequest,
  rightAnswer,
  subjectId,
  verify,
} from './ceremony.ts';
import type { MethodCheck, MethodContract } from './contract.ts';
import { wrongAnswers } from './wrong-proofs.ts';

const enrols = ({ method }: MethodContract) => method.enrolment !== null;

/** How somebody comes to a factor. */
export const enrolmentChecks: readonly MethodCheck[] = [
  {
    promise: 'is enrolled by the right answer',
    appliesTo: enrols,
    async check(contract) {
      const { factor } = await ask(contract, createConditions());
      assert(factor, 'nothing was enrolled');
    },
  },
  {
    promise: 'is not enrolled by a wrong answer',
    appliesTo: enrols,
    async check(contract) {
      const conditions = createConditions();
      const enrolling = await begin(contract, conditions);
      if (enrolling.begun.confirmedBy === 'none') return;
      const wrong = wrongAnswers(contract, await rightAnswer(contract, enrolling));
      assert(wrong.length > 0, 'no wrong answer is well-formed: name some as `wrongProofs`');
      for (const answer of wrong)
        assert.equal((await complete(contract, conditions, enrolling, answer)).valid, false);
    },
  },
  {
    promise: 'is enrolled by an answer that proves nothing else',
    appliesTo: (contract) =>
      enrols(contract) && !contract.method.needsChallenge && contract.method.provesBy === 'factor',
    async check(contract) {
      const conditions = createConditions();
      const { key, proof } = contract.method;
      const enrolling = await begin(contract, conditions);
      if (enrolling.begun.confirmedBy === 'none') return;
      const answer = await rightAnswer(contract, enrolling);
      const completed = await complete(contract, conditions, enrolling, answer);
      assert(completed.valid, 'the right answer is wrong');
      const config = asJson(completed.config ?? enrolling.begun.config);
      const asked = { ...enrolling, request: makeRequest('bob'), factor: { ...enrolling.factor, config } };
      const again = { ...answer, method: key };
      if (!proof.safeParse(again).success) return;
      const { valid } = await verify(contract, conditions, asked, again, { now: enrolledAt });
      assert.equal(valid, false, 'what confirmed the enrolment is a proof too');
    },
  },
  {
    promise: 'makes other secrets for every enrolment',
    appliesTo: enrols,
    async check(contract) {
      const conditions = createConditions();
      const first = await begin(contract, conditions);
      const second = await begin(contract, conditions);
      if (first.setup !== null) assert.notDeepEqual(first.setup, second.setup);
    },
  },
  {
    promise: 'shows nothing of its secrets where a factor is listed',
    appliesTo: enrols,
    async check(contract) {
      const { begun, setup } = await begin(contract, createConditions());
      const known = new Set([issuer, subjectId, ...textsOf(contract.given)]);
      const shown = [begun.hint ?? '', begun.identity?.value ?? ''].join('\n');
      for (const text of textsOf(setup).filter((one) => one.length >= 8 && !known.has(one)))
        assert(!shown.includes(text), 'hint or identity hold what was shown once');
      const address = begun.recipient?.address;
      if (address !== undefined) assert(!begun.hint?.includes(address), 'the hint is not masked');
    },
  },
  {
    promise: 'keeps a configuration that is JSON',
    appliesTo: enrols,
    async check(contract) {
      const conditions = createConditions();
      const enrolling = await begin(contract, conditions);
      const { begun } = enrolling;
      assert.deepEqual(asJson(begun.config), begun.config);
      if (begun.confirmedBy === 'none') return;
      const completed = await complete(
        contract,
        conditions,
        enrolling,
        await rightAnswer(contract, enrolling),
      );
      if (completed.valid && completed.config !== undefined)
        assert.deepEqual(asJson(completed.config), completed.config);
    },
  },
  {
    promise: 'asks for no proof when nothing has changed',
    appliesTo: enrols,
    async check(contract) {
      const { begun } = await begin(contract, createConditions());
      const input = { before: begun.config, after: asJson(begun.config), context: null };
      assert.equal(contract.method.isSignificantChange(input), false);
    },
  },
];

/** Every text in it. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
