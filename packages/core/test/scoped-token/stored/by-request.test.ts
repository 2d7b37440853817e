import { expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../../testing/index.ts';
import { attenuateScopedToken } from '../../../src/scoped-token/index.ts';
import { createTransfer, refusal, rightProof } from '../../fixtures.ts';
import { issueAndPresent, own } from './present.ts';

async function granted(test: TestCore, changes: Parameters<typeof createTransfer>[1] = {}) {
  const { id, dataHash } = await createTransfer(test, changes);
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  return { id, hash: dataHash };
}

const reasonOf = async ({ core }: TestCore, text: string) => {
  const verdict = await core.scopedToken.verifier.verify(text, { carrier: 'h' });
  return verdict.ok ? 'accepted' : verdict.reason;
};

it('every token that carries a request ends with it, narrowed ones too, and no other', async () => {
  await using test = await openTestCore();
  const request = await granted(test);
  const paying = await issueAndPresent(test, { ...own, authorizationRequestId: request.id });
  const plain = await issueAndPresent(test);
  const narrowed = attenuateScopedToken(plain.text, { arq: request });
  const input = { authorizationRequestId: request.id };
  expect(await test.core.scopedToken.revoke(test.service, input)).toEqual({ revoked: 1 });
  expect(await reasonOf(test, paying.text)).toBe('revoked');
  expect(await reasonOf(test, narrowed)).toBe('revoked');
  expect(await reasonOf(test, plain.text)).toBe('accepted');
  expect(await test.core.scopedToken.revoke(test.service, input)).toEqual({ revoked: 0 });
});

it('a subject ends what its own request pays for; one of others, or of another session, is not found', async () => {
  await using test = await openTestCore();
  const request = await granted(test);
  const bound = await granted(test, { sessionId: 'session-1' });
  const revoke = (subject: string, session: string | null, authorizationRequestId: string) =>
    test.core.scopedToken.revoke(test.subject(subject, session), { authorizationRequestId });
  await expect(revoke('eve', null, request.id)).rejects.toMatchObject(refusal('not_found'));
  await expect(revoke('ada', 'session-2', bound.id)).rejects.toMatchObject(refusal('not_found'));
  await expect(revoke('ada', null, bound.id)).rejects.toMatchObject(refusal('not_found'));
  await expect(revoke('ada', null, 'areq_02krzp8z1wf44ar7tqdm83kv4c')).rejects.toMatchObject(
    refusal('not_found'),
  );
  await expect(revoke('ada', null, 'areq_')).rejects.toMatchObject(refusal('not_found'));
  expect(await revoke('ada', 'session-1', bound.id)).toEqual({ revoked: 0 });
  expect(await revoke('ada', null, request.id)).toEqual({ revoked: 0 });
});
