import assert from 'node:assert/strict';
import { maskRecipient } from '../../src/method/recipient.ts';
import { ask, askAgain, createConditions } from './ceremony.ts';
import type { MethodCheck, MethodContract } from './contract.ts';

const asks = ({ method }: MethodContract) => method.needsChallenge;
const sends = ({ method }: MethodContract) => method.send !== undefined;

/** What goes out to somebody, and what is kept of it. */
export const challengeChecks: readonly MethodCheck[] = [
  {
    promise: 'never asks the same twice',
    appliesTo: asks,
    async check(contract) {
      const conditions = createConditions();
      const first = await ask(contract, conditions);
      const second = await askAgain(contract, conditions, first, first.request);
      // Digits are the engine's, made from the challenge: they differ by themselves.
      if (first.digits !== null) return;
      const asked = [first, second].map(({ issued: { secret, options, state } }) => ({
        secret,
        options,
        state,
      }));
      assert.notDeepEqual(asked[0], asked[1], 'two challenges have the same secret, options and state');
    },
  },
  {
    promise: 'keeps its secret out of what is stored and shown',
    appliesTo: asks,
    async check(contract) {
      const { issued } = await ask(contract, createConditions());
      const { secret, options = null, state = null } = issued;
      if (secret == null) return;
      assert.notEqual(secret, '', 'an empty secret');
      const kept = JSON.stringify([options, state]);
      for (const spelling of spellings(secret))
        assert(!kept.includes(spelling), 'options or state hold the secret');
    },
  },
  {
    promise: 'sends a message that names what it is for, carries its secret and has no link',
    appliesTo: sends,
    async check(contract) {
      const { issued, request } = await ask(contract, createConditions());
      const { message, secret } = issued;
      assert(message, 'there is somebody to send to, and nothing to send');
      if (secret != null) assert(message.includes(secret), 'the secret is not in the message');
      assert(message.includes(request.title), 'the message does not name what it is for');
      assert.doesNotMatch(message, /https?:|www\./i);
    },
  },
  {
    promise: 'never shows a whole address',
    appliesTo: sends,
    async check(contract) {
      const { method, deliverTo } = contract;
      const { factor, issued, setup } = await ask(contract, createConditions());
      const recipient = factor ? method.recipientOf(factor.config) : deliverTo;
      assert(recipient, 'it sends, and has nobody to send to: name `deliverTo` or what `given` gives');
      const shown = JSON.stringify([maskRecipient(recipient), issued.options, setup]);
      assert(!shown.includes(recipient.address), 'the address is shown');
    },
  },
  {
    promise: 'shows the facts in its message, as binding `server` promises',
    appliesTo: (contract) => sends(contract) && contract.method.binding === 'server',
    async check(contract) {
      const { issued, request } = await ask(contract, createConditions());
      for (const { label, value } of request.facts)
        assert(
          issued.message?.includes(label) && issued.message.includes(value),
          `the message does not show ${label}`,
        );
    },
  },
];

function spellings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, ...(['hex', 'base64', 'base64url'] as const).map((encoding) => bytes.toString(encoding))];
}
