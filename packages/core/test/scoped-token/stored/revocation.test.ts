import { describe, expect, it } from 'vitest';
import { establishEpoch } from '../../../src/event/epoch.ts';
import { attenuateScopedToken } from '../../../src/scoped-token/index.ts';
import { createRevocationSet } from '../../../src/scoped-token/revocation/set.ts';
import { refusal } from '../../fixtures.ts';
import { openNodes, pauseReads, until, type Node } from './two-nodes.ts';

type IssueInput = Parameters<Node['core']['scopedToken']['issue']>[1];

async function issue({ core, service }: Node, more: Partial<IssueInput> = {}) {
  const { token, id } = await core.scopedToken.issue(service, {
    subjectId: 'ada',
    preset: 'subject',
    ...more,
  });
  return { token: token ?? '', id };
}

const verify = ({ core }: Node, token: string, carrier: 'h' | 'w' | 'q' = 'h') =>
  core.scopedToken.verifier.verify(token, { carrier });
const revoke = ({ core, service }: Node, input: Parameters<Node['core']['scopedToken']['revoke']>[1]) =>
  core.scopedToken.revoke(service, input);
const revoked = { ok: false, reason: 'revoked' };

describe('a revocation', () => {
  it.each([
    ['one token', (id: string) => ({ id }), 1],
    ['a session', () => ({ sessionId: 's1' }), 2],
    ['a subject', () => ({ subjectId: 'ada' }), 3],
  ] as const)(
    'of %s is in force on another node within a second, and spares the others',
    async (_, input, n) => {
      await using nodes = await openNodes();
      const [one, other] = [await nodes.open(), await nodes.open()];
      const mine = await issue(one, { sessionId: 's1' });
      const sameSession = await issue(one, { sessionId: 's1' });
      const sameSubject = await issue(one);
      const bobs = await issue(one, { subjectId: 'bob', sessionId: 's2' });
      const narrowed = attenuateScopedToken(mine.token, { cid: 'bookkeeper' });
      const all = [mine.token, narrowed, sameSession.token, sameSubject.token, bobs.token];
      for (const token of all) expect(await verify(other, token)).toMatchObject({ ok: true });
      expect(await revoke(one, input(mine.id))).toEqual({ revoked: n });
      expect(await verify(one, mine.token)).toMatchObject(revoked);
      const revokedAt = performance.now();
      await until(async () => !(await verify(other, mine.token)).ok);
      expect(performance.now() - revokedAt).toBeLessThan(1000);
      for (const node of [one, other]) {
        expect(await verify(node, narrowed)).toMatchObject(revoked);
        expect((await verify(node, sameSession.token)).ok).toBe(n < 2);
        expect((await verify(node, sameSubject.token)).ok).toBe(n < 3);
        expect(await verify(node, bobs.token)).toMatchObject({ ok: true });
      }
      expect(await revoke(one, input(mine.id))).toEqual({ revoked: 0 });
      const fresh = await issue(one, { sessionId: 's3' });
      expect(await verify(one, fresh.token)).toMatchObject({ ok: true });
    },
  );

  it('of a delegate ends what this delegate holds, and nothing else of the token', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { token, id } = await issue(node);
    const bookkeeper = attenuateScopedToken(token, { cid: 'bookkeeper' });
    const assistant = attenuateScopedToken(bookkeeper, { cid: 'assistant' });
    const auditor = attenuateScopedToken(token, { cid: 'auditor' });
    expect(await revoke(node, { id, delegateId: 'bookkeeper' })).toEqual({ revoked: 1 });
    expect(await revoke(node, { id, delegateId: 'bookkeeper' })).toEqual({ revoked: 0 });
    expect(await verify(node, bookkeeper)).toMatchObject(revoked);
    expect(await verify(node, assistant)).toMatchObject(revoked);
    expect(await verify(node, auditor)).toMatchObject({ ok: true });
    expect(await verify(node, token)).toMatchObject({ ok: true });
  });

  it('names one thing that exists', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    for (const input of [
      {},
      { id: 'a', subjectId: 'ada' },
      { delegateId: 'a' },
      { subjectId: 'ada', delegateId: 'a' },
    ])
      await expect(revoke(node, input)).rejects.toMatchObject(refusal('invalid_input'));
    for (const id of ['cst_none', `cst_${'0'.repeat(26)}`])
      await expect(revoke(node, { id })).rejects.toMatchObject(refusal('not_found'));
  });

  it('of a subject that is undone by a rollback revokes nothing and tells nothing', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { token } = await issue(node);
    await nodes.database.sql.query(
      "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no event today'; END $$",
    );
    await nodes.database.sql.query(
      "CREATE TRIGGER fail BEFORE INSERT ON countersign.event FOR EACH ROW WHEN (NEW.type = 'scoped_token.revoked') EXECUTE FUNCTION fail()",
    );
    await expect(revoke(node, { subjectId: 'ada' })).rejects.toThrow('no event today');
    const { rows } = await nodes.database.sql.query(
      'SELECT (SELECT count(*)::int FROM countersign.token_revocation) AS revocations, (SELECT count(*)::int FROM countersign.scoped_token WHERE revoked_at IS NOT NULL) AS revoked, (SELECT max(security_epoch) FROM countersign.subject_security) AS epoch',
    );
    expect(rows).toEqual([{ revocations: 0, revoked: 0, epoch: null }]);
    expect(await verify(node, token)).toMatchObject({ ok: true });
  });

  it('is read though an older transaction stays open, and though it commits after a newer one', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const [first, second] = [await issue(one), await issue(one)];
    expect(await verify(other, first.token)).toMatchObject({ ok: true });
    const client = await nodes.database.sql.connect();
    await client.query('BEGIN');
    await client.query(
      "INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by) SELECT gen_random_uuid(), 'sid', 'late', now() + interval '1 day', now(), 'service'",
    );
    const late = await issue(one, { sessionId: 'late' });
    await revoke(one, { id: first.id });
    await until(async () => !(await verify(other, first.token)).ok);
    expect(await verify(other, late.token)).toMatchObject({ ok: true });
    await client.query('COMMIT');
    client.release();
    await until(async () => !(await verify(other, late.token)).ok);
    expect(await verify(other, second.token)).toMatchObject({ ok: true });
  });

  it('of the same tokens by all ways and from two nodes at once counts and tells each token once', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const issued = await Promise.all(
      Array.from({ length: 20 }, (_, n) => issue(n % 2 === 0 ? one : other, { sessionId: `s${n % 2}` })),
    );
    const answers = await Promise.all([
      ...issued.flatMap(({ id }) => [revoke(one, { id }), revoke(other, { id })]),
      ...[one, other].flatMap((node) => [
        revoke(node, { sessionId: 's0' }),
        revoke(node, { sessionId: 's1' }),
        revoke(node, { subjectId: 'ada' }),
      ]),
    ]);
    expect(answers.reduce((sum, answer) => sum + answer.revoked, 0)).toBe(20);
    const { rows } = await nodes.database.sql.query(
      "SELECT count(*)::int AS told, count(DISTINCT about_id)::int AS tokens, max(sequence) AS sequence FROM countersign.event WHERE type = 'scoped_token.revoked'",
    );
    expect(rows).toEqual([{ told: 20, tokens: 20, sequence: 2 }]);
    for (const { token } of issued) expect(await verify(one, token)).toMatchObject(revoked);
  });

  it('is read, and told after the issue, when the database was restored into a younger cluster', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const { token, id } = await issue(one);
    expect(await verify(other, token)).toMatchObject({ ok: true });
    // As a dump of an older cluster brings them: far ahead of this one's transactions.
    await nodes.database.sql.query("UPDATE countersign.scoped_token SET event_txid = '4000000000'");
    await nodes.database.sql.query(
      "INSERT INTO countersign.event SELECT epoch, '4000000000', 1, gen_random_uuid(), type, occurred_at, subject_id, session_id, slug, about_kind, gen_random_uuid(), data, context FROM countersign.event",
    );
    await establishEpoch(one.service.database);
    await revoke(one, { id });
    await until(async () => !(await verify(other, token)).ok);
    const { rows } = await nodes.database.sql.query(
      "SELECT epoch, txid::text::bigint < 4000000000 AS now FROM countersign.event WHERE type = 'scoped_token.revoked'",
    );
    expect(rows).toEqual([{ epoch: 2, now: true }]);
  });

  it('is known to a node that starts after it', async () => {
    await using nodes = await openNodes();
    const one = await nodes.open();
    const { token, id } = await issue(one);
    await revoke(one, { id });
    expect(await verify(await nodes.open(), token)).toMatchObject(revoked);
  });

  it('is kept by the database: no statement changes or removes it', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { id } = await issue(node);
    await revoke(node, { id });
    for (const [attack, refused] of [
      ['UPDATE countersign.token_revocation SET not_after = now()', 'a revocation does not change'],
      ['DELETE FROM countersign.token_revocation', 'a revocation is kept'],
      ['TRUNCATE countersign.token_revocation', 'a revocation is kept'],
      ['UPDATE countersign.scoped_token SET revoked_at = NULL', 'a revoked token stays revoked'],
      ["UPDATE countersign.token_key SET state = 'active' WHERE state = 'next'", 'token_key_one_active'],
      ["UPDATE countersign.token_key SET state = 'retiring' WHERE state = 'active'", 'retiring_ends'],
      [
        "UPDATE countersign.token_key SET state = 'retiring', ends_at = now() WHERE state = 'next'",
        'a token key only goes on to its next state',
      ],
    ] as const)
      await expect(nodes.database.sql.query(attack), attack).rejects.toThrow(refused);
    await revoke(node, { subjectId: 'ada' });
    await expect(
      nodes.database.sql.query('UPDATE countersign.subject_security SET security_epoch = 0'),
    ).rejects.toThrow('a security epoch only rises');
  });
});

describe('every use', () => {
  it('is judged anew, though the token was verified before: time, carrier, client key', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { token } = await issue(node, { maxAgeSeconds: 60 });
    const accepted = await verify(node, token);
    expect(accepted).toMatchObject({ ok: true, subjectId: 'ada', sessionId: null, onlyQueries: false });
    expect(await verify(node, token, 'w')).toMatchObject({ ok: true });
    expect(await verify(node, token, 'q')).toMatchObject({ ok: false, reason: 'wrong_carrier' });
    const overSocket = attenuateScopedToken(token, { car: 'w' });
    expect(await verify(node, overSocket)).toMatchObject({ ok: false, reason: 'wrong_carrier' });
    expect(await verify(node, overSocket, 'w')).toMatchObject({ ok: true });
    const jkt = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
    const bound = await issue(node, { clientKeyThumbprint: jkt, maxAgeSeconds: 60 });
    expect(await verify(node, bound.token)).toMatchObject({ ok: false, reason: 'client_key_unproven' });
    const { verifier } = node.core.scopedToken;
    expect(await verifier.verify(bound.token, { carrier: 'h', provenKeys: [jkt] })).toMatchObject({
      ok: true,
    });
    nodes.clock.advance(59);
    if (!accepted.ok) throw new Error('refused');
    expect(await verifier.recheck(accepted)).toEqual(accepted);
    nodes.clock.advance(1);
    expect(await verifier.recheck(accepted)).toMatchObject({ ok: false, reason: 'expired' });
    expect(await verify(node, token)).toMatchObject({ ok: false, reason: 'expired' });
  });

  it('of another service’s token is refused', async () => {
    await using nodes = await openNodes();
    const bank = await nodes.open({ scopedToken: { audience: 'bank.example' } });
    const shop = await nodes.open({ scopedToken: { audience: 'shop.example' } });
    const { token } = await issue(bank);
    expect(await verify(bank, token)).toMatchObject({ ok: true });
    expect(await verify(shop, token)).toEqual({ ok: false, reason: 'bad_signature' });
  });
});

describe('while revocations cannot be read, from ten seconds on', () => {
  const stale = async (whenRevocationsAreStale: 'closed' | 'database' | 'queries' | undefined) => {
    const nodes = await openNodes();
    const one = await nodes.open();
    const other = await nodes.open({
      scopedToken: whenRevocationsAreStale === undefined ? {} : { whenRevocationsAreStale },
    });
    const [good, before, during] = [await issue(one), await issue(one), await issue(one)];
    await revoke(one, { id: before.id });
    await until(async () => !(await verify(other, before.token)).ok);
    const pause = pauseReads(other);
    await revoke(one, { id: during.id });
    nodes.clock.advance(10);
    // Younger than that it is trusted: what was revoked since is not known here.
    expect(await verify(other, during.token)).toMatchObject({ ok: true, onlyQueries: false });
    nodes.clock.advance(0.001);
    return { nodes, other, good, before, during, pause };
  };

  it('every token is refused, unless configured otherwise, until they can be read again', async () => {
    const { nodes, other, good, before, pause } = await stale(undefined);
    await using _ = nodes;
    expect(await verify(other, good.token)).toMatchObject({ ok: false, reason: 'revocations_unknown' });
    expect(await verify(other, before.token)).toMatchObject(revoked);
    pause[Symbol.dispose]();
    await until(async () => (await verify(other, good.token)).ok);
  });

  it('the database is asked for each token, and its silence refuses', async () => {
    const { nodes, other, good, before, during, pause } = await stale('database');
    await using _ = nodes;
    using __ = pause;
    expect(await verify(other, good.token)).toMatchObject({ ok: true, onlyQueries: false });
    expect(await verify(other, before.token)).toMatchObject(revoked);
    expect(await verify(other, during.token)).toMatchObject(revoked);
    await nodes.database.sql.query('ALTER TABLE countersign.token_revocation RENAME TO away');
    expect(await verify(other, good.token)).toMatchObject({ ok: false, reason: 'revocations_unknown' });
  });

  it('queries go on, marked as such, for what is not known to be revoked', async () => {
    const { nodes, other, good, before, pause } = await stale('queries');
    await using _ = nodes;
    using __ = pause;
    const accepted = await verify(other, good.token);
    expect(accepted).toMatchObject({ ok: true, onlyQueries: true });
    expect(await verify(other, before.token)).toMatchObject(revoked);
    pause[Symbol.dispose]();
    if (!accepted.ok) throw new Error('refused');
    const { verifier } = other.core.scopedToken;
    await until(async () => {
      const again = await verifier.recheck(accepted);
      return again.ok && !again.onlyQueries;
    });
    await revoke(other, { subjectId: 'ada' });
    expect(await verifier.recheck(accepted)).toMatchObject(revoked);
  });

  it('a clock that is set back does not make what is known young', async () => {
    const { nodes, other, good, pause } = await stale('closed');
    await using _ = nodes;
    using __ = pause;
    nodes.clock.advance(-12);
    expect(await verify(other, good.token)).toMatchObject({ ok: false, reason: 'revocations_unknown' });
  });

  it('a read that hangs at a lock makes nobody wait longer than half a second', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { token } = await issue(node);
    const client = await nodes.database.sql.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE countersign.token_revocation IN ACCESS EXCLUSIVE MODE');
    nodes.clock.advance(11);
    const startedAt = performance.now();
    expect(await verify(node, token)).toMatchObject({ ok: false, reason: 'revocations_unknown' });
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await client.query('ROLLBACK');
    client.release();
    await until(async () => (await verify(node, token)).ok);
  });
});

describe('the memory of revocations', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const entry = (value: string, seconds: number) => ({
    kind: 'jti' as const,
    value,
    minimumEpoch: null,
    notAfter: now.getTime() + seconds * 1000,
  });

  it('holds each once, in any order, and forgets what has expired anyway', () => {
    const set = createRevocationSet();
    const entries = Array.from({ length: 1000 }, (_, n) => entry(`t${n}`, n + 1));
    for (let turn = 0; turn < 3; turn += 1) set.add(entries.toReversed(), now);
    expect(set.size).toBe(1000);
    set.add([], new Date(now.getTime() + 500_000));
    expect(set.size).toBe(500);
    expect(set.holds([{ kind: 'jti', value: 't999' }], 0)).toBe(true);
    expect(set.holds([{ kind: 'jti', value: 't499' }], 0)).toBe(false);
    set.add([], new Date(now.getTime() + 1_000_000));
    expect(set.size).toBe(0);
  });

  it('says when it has no room, and drops nothing for it', () => {
    const set = createRevocationSet({ entriesMax: 10 });
    expect(
      set.add(
        Array.from({ length: 10 }, (_, n) => entry(`t${n}`, 60)),
        now,
      ),
    ).toBe(true);
    expect(set.add([entry('t0', 90)], now)).toBe(true);
    expect(set.add([entry('more', 60)], now)).toBe(false);
    expect(set.holds([{ kind: 'jti', value: 't9' }], 0)).toBe(true);
    expect(set.size).toBe(10);
    expect(set.add([entry('more', 90)], new Date(now.getTime() + 60_000))).toBe(true);
    expect(set.size).toBe(2);
  });

  it('keeps the highest epoch of a subject, whichever comes first', () => {
    const set = createRevocationSet();
    const epoch = (minimumEpoch: number) => ({ ...entry('ada', 60), kind: 'sub' as const, minimumEpoch });
    set.add([epoch(3), epoch(1)], now);
    expect([0, 1, 2, 3].map((epo) => set.holds([{ kind: 'sub', value: 'ada' }], epo))).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });
});
