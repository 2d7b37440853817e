import { describe, expect, it } from 'vitest';
import { formatId } from '../../../src/id.ts';
import { attenuateScopedToken, inspectScopedToken } from '../../../src/scoped-token/index.ts';
import { presets } from '../../../src/scoped-token/presets.ts';
import { openTestCore, type TestCore } from '../../../testing/index.ts';
import { createTransfer, refusal, rightProof } from '../../fixtures.ts';

async function claimsOf(test: TestCore, input: Parameters<TestCore['core']['scopedToken']['issue']>[1]) {
  const { token } = await test.core.scopedToken.issue(test.service, input);
  const inspection = inspectScopedToken(token ?? '');
  if (!inspection.ok) throw new Error(inspection.reason);
  return inspection.claims;
}

async function grantedTransfer(test: TestCore, changes = {}) {
  const { id, dataHash } = await createTransfer(test, changes);
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  return { id, dataHash };
}

describe('a token', () => {
  it('says for whom, for which service, for what, until when, and in which epoch', async () => {
    await using test = await openTestCore({ scopedToken: { audience: 'bank.example' } });
    const scope = { rpc: { q: ['invoice.*'] }, http: { GET: ['/api/v1/foo/**'] } };
    const issued = await test.core.scopedToken.issue(test.service, {
      subjectId: 'ada',
      scope,
      recipient: 'bookkeeper',
      sessionId: 's1',
      clientKeyThumbprint: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    });
    const iat = Math.floor(test.clock.now().getTime() / 1000);
    expect(issued).toEqual({
      token: expect.stringMatching(/^cst1\./) as string,
      id: expect.stringMatching(/^cst_[0-9a-z]{26}$/) as string,
      expiresAt: new Date((iat + 3600) * 1000),
    });
    expect(inspectScopedToken(issued.token ?? '')).toMatchObject({
      ok: true,
      claims: {
        sub: 'ada',
        aud: 'bank.example',
        iat,
        exp: iat + 3600,
        scp: scope,
        rcp: 'bookkeeper',
        sid: 's1',
        epo: 0,
        cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' },
      },
    });
    const { items } = await test.core.scopedToken.list(test.service, { subjectId: 'ada' });
    expect(items).toEqual([
      {
        id: issued.id,
        subjectId: 'ada',
        sessionId: 's1',
        recipient: 'bookkeeper',
        delegateOf: null,
        authorizationRequestId: null,
        issuedAt: test.clock.now(),
        expiresAt: issued.expiresAt,
        revokedAt: null,
      },
    ]);
  });

  it('lives for a day at most', async () => {
    await using test = await openTestCore();
    const issue = (maxAgeSeconds: number) =>
      claimsOf(test, { subjectId: 'ada', preset: 'subject', maxAgeSeconds });
    expect(await issue(86_400)).toMatchObject({ aud: 'countersign' });
    await expect(issue(86_401)).rejects.toMatchObject(refusal('lifetime_too_long'));
    for (const wrong of [0, -1, 1.5])
      await expect(issue(wrong)).rejects.toMatchObject(refusal('invalid_input'));
  });

  it.each([
    [{ rpc: { q: ['**'] } }, 'scope_too_wide'],
    [{ http: { GET: ['/**'] } }, 'scope_too_wide'],
    [{ rpc: { m: ['*.**'] } }, 'scope_too_wide'],
    [{ rpc: { m: ['*.*'] } }, 'scope_too_wide'],
    [{ http: { GET: ['/*'] } }, 'scope_too_wide'],
    [{ rpc: { q: ['in*'] } }, 'invalid_input'],
    [{ rpc: { x: ['invoice'] } }, 'invalid_input'],
    [{ grpc: {} }, 'invalid_input'],
    [{ http: { get: ['/'] } }, 'invalid_input'],
  ])('is not issued for %j', async (scope, reason) => {
    await using test = await openTestCore();
    await expect(claimsOf(test, { subjectId: 'ada', scope: scope as object })).rejects.toMatchObject(
      refusal(reason),
    );
  });

  it('is for either a scope or a preset', async () => {
    await using test = await openTestCore();
    await expect(claimsOf(test, { subjectId: 'ada' })).rejects.toMatchObject(refusal('invalid_input'));
    await expect(claimsOf(test, { subjectId: 'ada', scope: {}, preset: 'device' })).rejects.toMatchObject(
      refusal('invalid_input'),
    );
    expect(await claimsOf(test, { subjectId: 'ada', scope: {} })).toMatchObject({ scp: {} });
    expect(await claimsOf(test, { subjectId: 'ada', preset: 'subject' })).toMatchObject({
      scp: presets.subject,
    });
  });

  it('is issued, read, listed and revoked by no operator and no device; a subject reads none, and issues none of its own', async () => {
    await using test = await openTestCore();
    const api = test.core.scopedToken;
    for (const actor of [
      { kind: 'operator' },
      { kind: 'device', subjectId: 'ada', factorId: 'f' },
      { kind: 'subject', subjectId: 'ada', sessionId: null },
    ] as const) {
      const context = test.core.context(actor);
      const runs = [
        () => api.issue(context, { subjectId: 'ada', preset: 'subject' }),
        () => api.issue(context, {}),
        () => api.introspect(context, { token: 'cst1' }),
      ];
      const own = [() => api.list(context, {}), () => api.revoke(context, { subjectId: 'ada' })];
      for (const run of actor.kind === 'subject' ? runs : [...runs, ...own])
        await expect(run()).rejects.toMatchObject(refusal('forbidden'));
    }
    await expect(api.listKeys(test.subject('ada'))).rejects.toMatchObject(refusal('forbidden'));
    await expect(api.rotateKeys(test.subject('ada'))).rejects.toMatchObject(refusal('forbidden'));
    await expect(api.revokeKey(test.subject('ada'), { kid: 'a' })).rejects.toMatchObject(
      refusal('forbidden'),
    );
  });

  it('of a device says which: its session is the id of a factor, in its one spelling', async () => {
    await using test = await openTestCore();
    const issue = (sessionId?: string) =>
      claimsOf(test, { subjectId: 'ada', preset: 'device', ...(sessionId !== undefined && { sessionId }) });
    const factor = formatId('factor', '0198f000-0000-7000-8000-000000000001');
    expect(await issue(factor)).toMatchObject({ sid: factor, scp: presets.device });
    for (const other of [undefined, 's1', 'fact_', `${factor}0`, factor.toUpperCase(), ` ${factor}`])
      await expect(issue(other)).rejects.toMatchObject({
        reason: 'invalid_input',
        details: { issues: [expect.objectContaining({ path: ['sessionId'] })] },
      });
  });

  it('of the service names its subject, and no delegate', async () => {
    await using test = await openTestCore();
    for (const [input, path] of [
      [{ preset: 'subject' }, 'subjectId'],
      [{ subjectId: 'ada', preset: 'subject', delegateId: 'bookkeeper' }, 'delegateId'],
    ] as const)
      await expect(claimsOf(test, input)).rejects.toMatchObject({
        reason: 'invalid_input',
        details: { issues: [expect.objectContaining({ path: [path] })] },
      });
  });

  it('is told by an event that does not hold it', async () => {
    await using test = await openTestCore();
    const { id, token, expiresAt } = await test.core.scopedToken.issue(test.service, {
      subjectId: 'ada',
      preset: 'subject',
      recipient: 'phone',
      context: { from: 'login' },
    });
    await test.core.scopedToken.revoke(test.service, { id });
    const { items } = await test.events(test.service, {});
    expect(items).toMatchObject([
      {
        type: 'scoped_token.issued',
        subjectId: 'ada',
        about: { kind: 'scoped_token', id },
        sequence: 1,
        data: {
          expiresAt: expiresAt.toISOString(),
          recipient: 'phone',
          narrowed: false,
          delegateId: null,
        },
        context: { from: 'login' },
      },
      {
        type: 'scoped_token.revoked',
        about: { kind: 'scoped_token', id },
        sequence: 2,
        data: { by: 'service', delegateId: null },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain(token);
  });

  it('is shown once: a repetition by its idempotency key gets null in its place, and issues no other', async () => {
    await using test = await openTestCore();
    const input = { subjectId: 'ada', preset: 'subject', idempotencyKey: 'k' } as const;
    const first = await test.core.scopedToken.issue(test.service, input);
    const second = await test.core.scopedToken.issue(test.service, input);
    expect(second).toEqual({ ...first, token: null });
    expect(first.token).not.toBeNull();
    const { items } = await test.core.scopedToken.list(test.service, {});
    expect(items).toHaveLength(1);
  });
});

describe('a token that carries an authorization request', () => {
  it('names it with its data hash, once it is granted', async () => {
    await using test = await openTestCore();
    const { id, dataHash } = await grantedTransfer(test);
    expect(
      await claimsOf(test, { subjectId: 'ada', preset: 'subject', authorizationRequestId: id }),
    ).toMatchObject({ arq: { id, hash: dataHash } });
  });

  it('is refused in the order of consume', async () => {
    await using test = await openTestCore();
    const issue = (authorizationRequestId: string, more: { subjectId?: string; sessionId?: string } = {}) =>
      claimsOf(test, { subjectId: 'ada', preset: 'subject', authorizationRequestId, ...more });
    const waiting = await createTransfer(test);
    await expect(issue('areq_none')).rejects.toMatchObject(refusal('not_found'));
    await expect(issue(waiting.id)).rejects.toMatchObject(refusal('not_granted', { state: 'waiting' }));
    await expect(issue(waiting.id, { subjectId: 'bob' })).rejects.toMatchObject(refusal('not_found'));
    const bound = await grantedTransfer(test, { sessionId: 's1' });
    await expect(issue(bound.id)).rejects.toMatchObject(refusal('not_found'));
    await expect(issue(bound.id, { sessionId: 's2' })).rejects.toMatchObject(refusal('not_found'));
    expect(await issue(bound.id, { sessionId: 's1' })).toMatchObject({ sid: 's1' });
    const used = await grantedTransfer(test);
    await test.core.authorizationRequest.consume(test.service, {
      id: used.id,
      slug: 'transfer',
      subjectId: 'ada',
      data: { to: 'GB29', amountCents: 250_000 },
    });
    await expect(issue(used.id)).rejects.toMatchObject(refusal('already_consumed'));
    test.clock.advance(300);
    await expect(issue(bound.id, { sessionId: 's1' })).rejects.toMatchObject(
      refusal('execution_window_passed'),
    );
    await expect(issue(waiting.id)).rejects.toMatchObject(refusal('not_granted', { state: 'expired' }));
  });
});

describe('introspection', () => {
  it('tells the claims of a token that may be used, with what it was narrowed by, and of no other', async () => {
    await using test = await openTestCore();
    const api = test.core.scopedToken;
    const { id, token } = await api.issue(test.service, { subjectId: 'ada', preset: 'subject' });
    const text = token ?? '';
    const claims = await claimsOf(test, { subjectId: 'bob', preset: 'subject' });
    expect(await api.introspect(test.service, { token: text })).toEqual({
      active: true,
      claims: { ...claims, sub: 'ada', jti: expect.any(String) as string },
    });
    const narrowed = attenuateScopedToken(text, { cid: 'bookkeeper', scp: { rpc: { q: ['event.list'] } } });
    expect(await api.introspect(test.service, { token: narrowed })).toMatchObject({
      active: true,
      blocks: [{ cid: 'bookkeeper', scp: { rpc: { q: ['event.list'] } } }],
    });
    expect(await api.introspect(test.service, { token: `${text.slice(0, -1)}!` })).toEqual({ active: false });
    expect(await api.introspect(test.service, { token: '' })).toEqual({ active: false });
    await api.revoke(test.service, { id, delegateId: 'bookkeeper' });
    expect(await api.introspect(test.service, { token: narrowed })).toEqual({ active: false });
    expect(await api.introspect(test.service, { token: text })).toMatchObject({ active: true });
    test.clock.advance(3600);
    expect(await api.introspect(test.service, { token: text })).toEqual({ active: false });
  });
});

describe('a list of tokens', () => {
  it('goes from the newest to the oldest, a page at a time, though ids are random', async () => {
    await using test = await openTestCore();
    const ids: string[] = [];
    for (let n = 0; n < 55; n += 1) {
      const subjectId = n % 5 === 0 ? 'bob' : 'ada';
      const issued = await test.core.scopedToken.issue(test.service, { subjectId, preset: 'subject' });
      ids.unshift(issued.id);
      test.clock.advance(0.001);
    }
    const first = await test.core.scopedToken.list(test.service, {});
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 50));
    const second = await test.core.scopedToken.list(test.service, { cursor: first.nextCursor ?? '' });
    expect(second.items.map(({ id }) => id)).toEqual(ids.slice(50));
    expect(second.nextCursor).toBeNull();
    const own = await test.core.scopedToken.list(test.service, { subjectId: 'bob' });
    expect(own.items.map(({ subjectId }) => subjectId)).toEqual(Array.from({ length: 11 }, () => 'bob'));
    await expect(test.core.scopedToken.list(test.service, { cursor: 'cur_no' })).rejects.toMatchObject(
      refusal('invalid_input'),
    );
  });
});
