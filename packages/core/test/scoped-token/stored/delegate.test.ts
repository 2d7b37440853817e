import { describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../../testing/index.ts';
import { attenuateScopedToken } from '../../../src/scoped-token/index.ts';
import { createTransfer, refusal } from '../../fixtures.ts';
import { issueAndPresent, own, present } from './present.ts';

const isAlive = async ({ core }: Pick<TestCore, 'core'>, text: string) =>
  (await core.scopedToken.verifier.verify(text, { carrier: 'h' })).ok;

describe('a delegate', () => {
  it('gives back what it holds, and ends nothing of who handed it out', async () => {
    await using test = await openTestCore();
    const { revoke, list } = test.core.scopedToken;
    const parent = await issueAndPresent(test, { ...own, sessionId: 's1' });
    const other = await issueAndPresent(test, { ...own, sessionId: 's1' });
    const { id: authorizationRequestId } = await createTransfer(test);
    const text = attenuateScopedToken(parent.text, { cid: 'worker' });
    const delegate = await present(test, text);
    const colleague = attenuateScopedToken(parent.text, { cid: 'colleague' });
    for (const input of [
      { id: parent.id },
      { id: parent.id, delegateId: 'colleague' },
      { id: parent.id, delegateId: 'invented' },
      { id: other.id },
      { id: other.id, delegateId: 'worker' },
      { sessionId: 's1' },
      { subjectId: 'ada' },
      { authorizationRequestId },
      { subjectId: 'bob' },
      { id: 'cst_none' },
    ])
      await expect(revoke(delegate, input), JSON.stringify(input)).rejects.toMatchObject(
        refusal('forbidden'),
      );
    expect((await list(delegate, {})).items).toHaveLength(2);
    const { rows } = await test.database.sql.query('SELECT FROM countersign.token_revocation');
    expect(rows).toEqual([]);
    const input = { id: parent.id, delegateId: 'worker' };
    expect(await revoke(delegate, input)).toEqual({ revoked: 1 });
    expect(await isAlive(test, text)).toBe(false);
    for (const alive of [parent.text, colleague, other.text]) expect(await isAlive(test, alive)).toBe(true);
  });

  it('of a delegate ends nothing: neither who handed it out, nor names that it invents itself', async () => {
    await using test = await openTestCore();
    const { id, text } = await issueAndPresent(test);
    const worker = attenuateScopedToken(text, { cid: 'worker' });
    for (const name of ['helper', 'x1', 'x2']) {
      const nested = await present(test, attenuateScopedToken(worker, { cid: name }));
      for (const delegateId of ['worker', name])
        await expect(test.core.scopedToken.revoke(nested, { id, delegateId })).rejects.toMatchObject(
          refusal('forbidden'),
        );
    }
    const again = await present(test, attenuateScopedToken(worker, { cid: 'worker' }));
    expect(await test.core.scopedToken.revoke(again, { id, delegateId: 'worker' })).toEqual({ revoked: 1 });
  });

  it('is who holds a name: a token that was narrowed without one is its subject’s own', async () => {
    await using test = await openTestCore();
    const { text, id } = await issueAndPresent(test);
    const narrowed = await present(test, attenuateScopedToken(text, { rcp: 'laptop' }));
    expect(await test.core.scopedToken.revoke(narrowed, { id })).toEqual({ revoked: 1 });
    expect(await isAlive(test, text)).toBe(false);
  });
});

describe('an idempotency key of a delegate', () => {
  it('takes none from its subject, from another delegate, or from its own delegate', async () => {
    await using test = await openTestCore();
    const parent = await issueAndPresent(test, { ...own, sessionId: 's1' });
    const worker = attenuateScopedToken(parent.text, { cid: 'worker' });
    const cancel = test.core.authorizationRequest.cancel;
    const texts = [
      worker,
      attenuateScopedToken(worker, { cid: 'helper' }),
      attenuateScopedToken(parent.text, { cid: 'helper' }),
    ];
    const contexts = await Promise.all(texts.map((text) => present(test, text)));
    for (const context of [...contexts, test.subject('ada', 's1')]) {
      const { id } = await createTransfer(test, { data: `of ${contexts.indexOf(context)}` });
      expect(await cancel(context, { id, idempotencyKey: 'k' })).toMatchObject({ id, state: 'cancelled' });
      test.clock.advance(60);
    }
    const { id } = await createTransfer(test, { data: 'another' });
    await expect(cancel(parent.context, { id, idempotencyKey: 'k' })).rejects.toMatchObject(
      refusal('idempotency_conflict', { inProgress: false }),
    );
  });

  it('is the same with a token that was renewed, and the same whatever else the token was narrowed by', async () => {
    await using test = await openTestCore();
    const [first, renewed] = [await issueAndPresent(test), await issueAndPresent(test)];
    const { id } = await createTransfer(test);
    const cancel = async (text: string) =>
      await test.core.authorizationRequest.cancel(await present(test, text), { id, idempotencyKey: 'k' });
    const answer = await cancel(attenuateScopedToken(first.text, { cid: 'worker' }));
    const narrower = attenuateScopedToken(attenuateScopedToken(renewed.text, { rcp: 'laptop' }), {
      cid: 'worker',
    });
    expect(await cancel(narrower)).toEqual(answer);
  });
});
