import { describe, expect, it } from 'vitest';
import { formatId } from '../../../src/id.ts';
import {
  allowsProcedure,
  attenuateScopedToken,
  inspectScopedToken,
  type Block,
} from '../../../src/scoped-token/index.ts';
import { actorOfToken } from '../../../src/index.ts';
import { openTestCore, type TestCore } from '../../../testing/index.ts';
import { createTransfer, refusal, rightProof } from '../../fixtures.ts';
import { accept, issueAndPresent, own, present } from './present.ts';

const thumbprint = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';

/** What a token says of itself: its authority, and what it was narrowed by. */
function said(token: string | null) {
  const inspection = inspectScopedToken(token ?? '');
  if (!inspection.ok) throw new Error(inspection.reason);
  return inspection;
}

/** A token of Ada’s narrowed by Ada: the block that was appended. */
async function blockOf(test: TestCore, input: Parameters<TestCore['core']['scopedToken']['issue']>[1]) {
  const { context } = await issueAndPresent(test);
  const { token } = await test.core.scopedToken.issue(context, input);
  return said(token).blocks;
}

describe('what a subject issues', () => {
  it('is the token presented and a block: same id, same authority, and it may be used', async () => {
    await using test = await openTestCore();
    const { text, id, context } = await issueAndPresent(test, { ...own, sessionId: 's1' });
    const issuedAt = Math.floor(test.clock.now().getTime() / 1000);
    const issued = await test.core.scopedToken.issue(context, {
      subjectId: 'ada',
      sessionId: 's1',
      scope: { rpc: { q: ['event.list'] } },
      maxAgeSeconds: 600,
      recipient: 'the bookkeeper',
      delegateId: 'bookkeeper',
    });
    expect(issued).toEqual({
      id,
      token: expect.stringMatching(/^cst1\./) as string,
      expiresAt: new Date((issuedAt + 600) * 1000),
    });
    expect(said(issued.token)).toMatchObject({
      claims: said(text).claims,
      blocks: [
        {
          exp: issuedAt + 600,
          scp: { rpc: { q: ['event.list'] } },
          rcp: 'the bookkeeper',
          cid: 'bookkeeper',
        },
      ],
    });
    const accepted = await accept(test, issued.token ?? '');
    expect(accepted).toMatchObject({ id, subjectId: 'ada', sessionId: 's1' });
    expect(allowsProcedure(accepted.scope, 'query', 'event.list')).toBe(true);
    expect(allowsProcedure(accepted.scope, 'query', 'device.list')).toBe(false);
  });

  it('ends with the token presented and opens the same, unless it is said otherwise', async () => {
    await using test = await openTestCore();
    const { expiresAt, context } = await issueAndPresent(test);
    test.clock.advance(600.5);
    const issued = await test.core.scopedToken.issue(context, { delegateId: 'phone' });
    expect(issued.expiresAt).toEqual(expiresAt);
    expect(said(issued.token).blocks).toEqual([{ cid: 'phone' }]);
    expect(await blockOf(test, { preset: 'device' })).toMatchObject([
      { scp: { rpc: { q: expect.any(Array) as [] } } },
    ]);
  });

  it('is narrowed from what was narrowed: each of them only takes away', async () => {
    await using test = await openTestCore();
    const first = await issueAndPresent(test);
    const input = { scope: { rpc: { q: ['event.list'] } }, maxAgeSeconds: 60 };
    const second = await test.core.scopedToken.issue(first.context, input);
    const context = await present(test, second.token ?? '');
    const issue = (more: object) => test.core.scopedToken.issue(context, more);
    const third = await issue({ delegateId: 'assistant' });
    expect(third).toMatchObject({ id: first.id, expiresAt: second.expiresAt });
    await expect(issue({ scope: { rpc: { q: ['device.list'] } } })).rejects.toMatchObject(
      refusal('scope_too_wide'),
    );
    await expect(issue({ maxAgeSeconds: 61 })).rejects.toMatchObject(refusal('lifetime_too_long'));
    expect(await issue({ maxAgeSeconds: 60 })).toMatchObject({ expiresAt: second.expiresAt });
  });

  it.each([
    [{ rpc: { q: ['event.*'] } }, 'a pattern over one that is listed'],
    [{ rpc: { m: ['event.list'] } }, 'another type'],
    [{ rpc: { q: ['event.list', 'factor.list'] } }, 'one of two'],
    [{ http: { GET: ['/api'] } }, 'another surface'],
    [{ rpc: { q: ['**'] } }, 'everything'],
  ])('is not wider, nor silently narrower: %j is refused (%s)', async (scope, _) => {
    await using test = await openTestCore();
    const { context } = await issueAndPresent(test);
    await expect(test.core.scopedToken.issue(context, { scope })).rejects.toMatchObject(
      refusal('scope_too_wide'),
    );
  });

  it('has a preset only where the token presented covers all of it', async () => {
    await using test = await openTestCore();
    const narrow = await issueAndPresent(test, { subjectId: 'ada', scope: { rpc: { q: ['event.list'] } } });
    await expect(test.core.scopedToken.issue(narrow.context, { preset: 'device' })).rejects.toMatchObject(
      refusal('scope_too_wide'),
    );
  });

  it('is not later than the token presented, by the second', async () => {
    await using test = await openTestCore();
    const { context } = await issueAndPresent(test, { ...own, maxAgeSeconds: 600 });
    const issue = (maxAgeSeconds: number) => test.core.scopedToken.issue(context, { maxAgeSeconds });
    test.clock.advance(1);
    await expect(issue(600)).rejects.toMatchObject(refusal('lifetime_too_long'));
    await expect(issue(86_401)).rejects.toMatchObject(refusal('lifetime_too_long'));
    await issue(599);
    test.clock.advance(599);
    await expect(issue(1)).rejects.toMatchObject(refusal('lifetime_too_long'));
    await expect(test.core.scopedToken.issue(context, {})).rejects.toMatchObject(refusal('unauthenticated'));
  });

  it('keeps the carriers and the client key of the token presented, and may be bound to one more', async () => {
    await using test = await openTestCore();
    const { text } = await issueAndPresent(test);
    const bound: Block = { cnf: { jkt: thumbprint }, car: 'h' };
    const provenKeys = [thumbprint];
    const { verifier } = test.core.scopedToken;
    const overHeader = attenuateScopedToken(text, bound);
    const verdict = await verifier.verify(overHeader, { carrier: 'h', provenKeys });
    if (!verdict.ok) throw new Error(verdict.reason);
    const context = test.core.context(actorOfToken(verdict), { text: overHeader, accepted: verdict });
    const other = 'A'.repeat(43);
    const { token } = await test.core.scopedToken.issue(context, { clientKeyThumbprint: other });
    const verify = (carrier: 'h' | 'w', keys: string[]) =>
      verifier.verify(token ?? '', { carrier, provenKeys: keys });
    expect(await verify('h', [thumbprint, other])).toMatchObject({ ok: true });
    expect(await verify('h', [other])).toMatchObject({ ok: false, reason: 'client_key_unproven' });
    expect(await verify('h', [thumbprint])).toMatchObject({ ok: false, reason: 'client_key_unproven' });
    expect(await verify('w', [thumbprint, other])).toMatchObject({ ok: false, reason: 'wrong_carrier' });
  });

  it('is for nobody else, in no other session, and says nothing that is the service’s to say', async () => {
    await using test = await openTestCore();
    const { text, context } = await issueAndPresent(test, { ...own, sessionId: 's1' });
    const sessionless = await issueAndPresent(test);
    const forbidden = refusal('forbidden');
    const issue = test.core.scopedToken.issue;
    for (const input of [{ subjectId: 'bob' }, { sessionId: 's2' }, { context: { from: 'me' } }])
      await expect(issue(context, input), JSON.stringify(input)).rejects.toMatchObject(forbidden);
    await expect(issue(sessionless.context, { sessionId: 's1' })).rejects.toMatchObject(forbidden);
    // Whoever acts is who presents: a token of somebody else’s, or of another session, is not narrowed in their name.
    const accepted = await accept(test, text);
    for (const actor of [
      { kind: 'subject', subjectId: 'bob', sessionId: 's1' },
      { kind: 'subject', subjectId: 'ada', sessionId: null },
      { kind: 'device', subjectId: 'ada', factorId: 'f' },
      { kind: 'operator' },
    ] as const)
      await expect(issue(test.core.context(actor, { text, accepted }), {})).rejects.toMatchObject(forbidden);
  });

  it('is nothing for a device, whose token acts as itself alone', async () => {
    await using test = await openTestCore();
    const sessionId = formatId('factor', '0198f000-0000-7000-8000-000000000001');
    const { context } = await issueAndPresent(test, { subjectId: 'ada', preset: 'device', sessionId });
    expect(context.actor).toEqual({ kind: 'device', subjectId: 'ada', factorId: sessionId });
    await expect(test.core.scopedToken.issue(context, {})).rejects.toMatchObject(refusal('forbidden'));
  });

  it('is nothing without a token, whatever the host says of who calls', async () => {
    await using test = await openTestCore();
    await expect(test.core.scopedToken.issue(test.subject('ada', 's1'), {})).rejects.toMatchObject(
      refusal('forbidden'),
    );
  });

  it('is told by an event of the same token, by a delegate’s name, and never holds the token', async () => {
    await using test = await openTestCore();
    const { id, text, expiresAt, context } = await issueAndPresent(test);
    const { token } = await test.core.scopedToken.issue(context, {
      delegateId: 'bookkeeper',
      recipient: 'the bookkeeper',
      maxAgeSeconds: 600,
    });
    const narrowedAt = Math.floor(test.clock.now().getTime() / 1000);
    const { items } = await test.events(test.service, {});
    expect(items).toMatchObject([
      { sequence: 1, about: { id }, data: { expiresAt: expiresAt.toISOString(), narrowed: false } },
      {
        type: 'scoped_token.issued',
        subjectId: 'ada',
        about: { kind: 'scoped_token', id },
        sequence: 2,
        data: {
          expiresAt: new Date((narrowedAt + 600) * 1000).toISOString(),
          recipient: 'the bookkeeper',
          narrowed: true,
          delegateId: 'bookkeeper',
        },
        context: null,
      },
    ]);
    const told = await test.events(test.subject('ada'), {});
    expect(told.items[1]?.data).toEqual({
      expiresAt: new Date((narrowedAt + 600) * 1000).toISOString(),
      narrowed: true,
    });
    const { rows } = await test.database.sql.query<{ row: string }>(
      'SELECT t::text AS row FROM countersign.event t UNION ALL SELECT t::text FROM countersign.scoped_token t UNION ALL SELECT t::text FROM countersign.idempotency_key t',
    );
    for (const secret of [text, token ?? '', token?.slice(-49) ?? ''])
      expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
  });

  it('is shown once: a repetition by its idempotency key gets null in its place and tells nothing', async () => {
    await using test = await openTestCore();
    const { text, context } = await issueAndPresent(test);
    const input = { delegateId: 'bookkeeper', idempotencyKey: 'k' };
    const first = await test.core.scopedToken.issue(context, input);
    test.clock.advance(5);
    expect(await test.core.scopedToken.issue(context, input)).toEqual({ ...first, token: null });
    expect(first.token).not.toBeNull();
    const { items } = await test.events(test.service, {});
    expect(items).toHaveLength(2);
    // The same words with another token are another call.
    const other = await issueAndPresent(test);
    await expect(test.core.scopedToken.issue(other.context, input)).rejects.toMatchObject(
      refusal('idempotency_conflict', { inProgress: false }),
    );
    const lesser = await present(test, attenuateScopedToken(text, { rcp: 'laptop' }));
    await expect(test.core.scopedToken.issue(lesser, input)).rejects.toMatchObject(
      refusal('idempotency_conflict', { inProgress: false }),
    );
  });

  it.each([
    ['the token', (id: string) => ({ id })],
    ['its session', () => ({ sessionId: 's1' })],
    ['its subject', () => ({ subjectId: 'ada' })],
  ])('is nothing once %s was revoked, though the token was accepted before', async (_, input) => {
    await using test = await openTestCore();
    const { id, context } = await issueAndPresent(test, { ...own, sessionId: 's1' });
    await test.core.scopedToken.revoke(test.service, input(id));
    await expect(test.core.scopedToken.issue(context, {})).rejects.toMatchObject(refusal('unauthenticated'));
    const { items } = await test.events(test.service, { types: ['scoped_token.issued'] });
    expect(items).toHaveLength(1);
  });

  it('is nothing for a delegate that was revoked: neither by it, nor in its name', async () => {
    await using test = await openTestCore();
    const { id, context } = await issueAndPresent(test);
    const { token } = await test.core.scopedToken.issue(context, { delegateId: 'bookkeeper' });
    const bookkeeper = await present(test, token ?? '');
    await test.core.scopedToken.revoke(context, { id, delegateId: 'bookkeeper' });
    await expect(test.core.scopedToken.issue(bookkeeper, {})).rejects.toMatchObject(
      refusal('unauthenticated'),
    );
    await expect(test.core.scopedToken.issue(context, { delegateId: 'bookkeeper' })).rejects.toMatchObject({
      reason: 'invalid_input',
      details: { issues: [expect.objectContaining({ path: ['delegateId'] })] },
    });
    await test.core.scopedToken.issue(context, { delegateId: 'auditor' });
  });

  it('and what is revoked at the same time, from two sides: each is told once, in one order, and none outlives it', async () => {
    await using test = await openTestCore();
    const { issue, revoke, verifier } = test.core.scopedToken;
    const { id, context } = await issueAndPresent(test);
    const issued: string[] = [];
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, turn) => {
        if (turn === 30) return String((await revoke(test.subject('ada'), { id })).revoked);
        return await issue(context, { delegateId: `d${turn}` }).then(
          ({ token }) => {
            issued.push(token ?? '');
            return 'issued';
          },
          (error: unknown) => (error as { reason: string }).reason,
        );
      }),
    );
    expect(outcomes.filter((name) => name === '1')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(
      new Set(['1', 'issued', 'unauthenticated'].filter((name) => outcomes.includes(name))),
    );
    for (const token of issued)
      expect(await verifier.verify(token, { carrier: 'h' })).toMatchObject({ ok: false, reason: 'revoked' });
    const { items } = await test.events(test.service, {});
    expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => index + 1));
    expect(items.map(({ type }) => type.split('.')[1])).toEqual([
      ...Array.from({ length: issued.length + 1 }, () => 'issued'),
      'revoked',
    ]);
  });

  it('is nothing when a revocation that was under way has committed: it waits for that one', async () => {
    await using test = await openTestCore();
    const { text, context } = await issueAndPresent(test);
    const client = await test.database.sql.connect();
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by)
       VALUES (gen_random_uuid(), 'jti', $1, now() + interval '1 day', now(), 'service')`,
      [said(text).claims.jti],
    );
    await client.query('UPDATE countersign.scoped_token SET revoked_at = now()');
    const outcome = test.core.scopedToken.issue(context, {}).then(
      () => 'issued',
      (error: unknown) => (error as { reason: string }).reason,
    );
    for (;;) {
      const { rows } = await test.database.sql.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      if (rows.length > 0) break;
    }
    await client.query('COMMIT');
    client.release();
    expect(await outcome).toBe('unauthenticated');
  });

  it('has eight narrowings at most, and a refusal that shows nothing of the token', async () => {
    await using test = await openTestCore();
    let { context, text } = await issueAndPresent(test);
    for (let turn = 0; turn < 8; turn += 1) {
      const { token } = await test.core.scopedToken.issue(context, {});
      text = token ?? '';
      context = await present(test, text);
    }
    const refused = await test.core.scopedToken.issue(context, {}).catch((error: unknown) => error);
    expect(refused).toMatchObject(refusal('invalid_input'));
    const { stack = '', message } = refused as Error;
    expect(`${message}${stack}${JSON.stringify(refused)}`).not.toContain(text.slice(0, 80));
  });

  it('may be paid for by a granted request of its own, of its own session, and of nobody else', async () => {
    await using test = await openTestCore();
    const { context } = await issueAndPresent(test, { ...own, sessionId: 's1' });
    const granted = async (changes: object) => {
      const { id, dataHash } = await createTransfer(test, changes);
      const { subjectId = 'ada' } = changes as { subjectId?: string };
      await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test, subjectId) });
      return { id, hash: dataHash };
    };
    const issue = (authorizationRequestId: string) =>
      test.core.scopedToken.issue(context, { authorizationRequestId });
    const mine = await granted({ sessionId: 's1' });
    expect(said((await issue(mine.id)).token).blocks).toEqual([{ arq: mine }]);
    for (const foreign of [await granted({ subjectId: 'bob' }), await granted({ sessionId: 's2' })])
      await expect(issue(foreign.id)).rejects.toMatchObject(refusal('not_found'));
    const waiting = await createTransfer(test);
    await expect(issue(waiting.id)).rejects.toMatchObject(refusal('not_granted', { state: 'waiting' }));
  });
});

it('a token that was not issued here is narrowed by its holder, and not by us, who know no row of it', async () => {
  await using test = await openTestCore();
  const { context } = await issueAndPresent(test);
  await test.database.sql.query("DELETE FROM countersign.scoped_token WHERE subject_id = 'ada'");
  await expect(test.core.scopedToken.issue(context, {})).rejects.toMatchObject(refusal('not_found'));
});

it('a token acts as a device when its session is the id of a factor, and as the subject otherwise', async () => {
  await using test = await openTestCore();
  const actorIn = async (sessionId?: string) =>
    (await issueAndPresent(test, { ...own, ...(sessionId !== undefined && { sessionId }) })).context.actor;
  const factorId = formatId('factor', '0198f000-0000-7000-8000-000000000001');
  expect(await actorIn(factorId)).toEqual({ kind: 'device', subjectId: 'ada', factorId });
  for (const sessionId of ['s1', 'fact_', `${factorId} `, factorId.replace('fact_', 'areq_')])
    expect(await actorIn(sessionId)).toEqual({ kind: 'subject', subjectId: 'ada', sessionId });
  expect(await actorIn()).toEqual({ kind: 'subject', subjectId: 'ada', sessionId: null });
});
