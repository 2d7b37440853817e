import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineMethod } from '../../src/method/define.ts';
import { openTestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';

/** Core with a method whose host takes two seconds where it is told to. */
async function openSlowCore() {
  const slow = { reach: false, issue: false };
  const take = (seconds: number) => test.clock.advance(seconds);
  const byWord = defineMethod({
    key: 'word',
    title: 'A word',
    binding: 'none',
    proof: z.strictObject({ word: z.string().max(20) }),
    async reach() {
      if (slow.reach) take(2);
      return await Promise.resolve({ recipient: null });
    },
    async issue() {
      if (slow.issue) take(2);
      return await Promise.resolve({ secret: 'open sesame' });
    },
    verify: ({ matches, proof }) => ({ valid: matches(proof.word) }),
  });
  const test = await openTestCore({ methods: [byWord] });
  const { id } = await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId: 'ada',
    title: 'Transfer money',
  });
  test.clock.advance(299.9);
  return { ...test, slow, id, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

const once = { idempotencyKey: 'once' };

it.each([
  ['reset', 'reach', {}],
  ['reset', 'issue', {}],
  ['reset', 'issue', once],
  ['challenge', 'reach', {}],
  ['challenge', 'issue', {}],
  ['challenge', 'issue', once],
] as const)(
  'a request that expired while the host was slow is not revived: %s, slow in %s, %o',
  async (command, where, key) => {
    await using test = await openSlowCore();
    const api = test.core.authorizationRequest;
    test.slow[where] = true;
    await expect(api[command](test.service, { id: test.id, ...key })).rejects.toMatchObject(
      refusal('expired'),
    );
    expect(await api.get(test.service, { id: test.id })).toMatchObject({ state: 'expired' });
    const proof = { method: 'word', word: 'open sesame' };
    await expect(api.grant(test.service, { id: test.id, proof })).rejects.toMatchObject(refusal('expired'));
  },
);

it('a reset lasts from when it is written, not from when a slow host was asked', async () => {
  await using test = await openSlowCore();
  const api = test.core.authorizationRequest;
  test.clock.advance(-10);
  test.slow.issue = true;
  const { request, challenge } = await api.reset(test.service, { id: test.id });
  const now = test.clock.now().getTime();
  expect(request.expiresAt).toEqual(new Date(now + 300_000));
  // The code lasts as long as its message said when it was made.
  expect(challenge?.expiresAt).toEqual(new Date(now - 2000 + 300_000));
});
