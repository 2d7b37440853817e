import { describe, expect, it } from 'vitest';
import { openTestCore, type TestCore } from '../../../testing/index.ts';
import { attenuateScopedToken } from '../../../src/scoped-token/index.ts';
import { createRevocationFeed } from '../../../src/scoped-token/revocation/feed.ts';
import { createRevocationSet } from '../../../src/scoped-token/revocation/set.ts';
import { createTokenTrust } from '../../../src/scoped-token/trust.ts';
import { createTokenVerifier, type WhenRevocationsAreStale } from '../../../src/scoped-token/verifier.ts';
import { issueAndPresent, own } from './present.ts';
import { openNodes, pauseReads, until, type Node, type Nodes } from './two-nodes.ts';

async function written({ database }: Pick<TestCore, 'database'>, kind: string): Promise<number> {
  const { rows } = await database.sql.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM countersign.token_revocation WHERE kind = $1',
    [kind],
  );
  return rows[0]?.n ?? -1;
}

const isAlive = async ({ core }: Pick<TestCore, 'core'>, text: string) =>
  (await core.scopedToken.verifier.verify(text, { carrier: 'h' })).ok;

describe('who holds one token', () => {
  it('revokes 64 delegates of it, invented ones too; the next one ends the token with all of them', async () => {
    await using test = await openTestCore();
    const { revoke } = test.core.scopedToken;
    const { id, text, context } = await issueAndPresent(test);
    const other = await issueAndPresent(test);
    const spared = attenuateScopedToken(text, { cid: 'spared' });
    for (let turn = 0; turn < 64; turn += 1)
      expect(await revoke(context, { id, delegateId: `d${turn}` })).toEqual({ revoked: 1 });
    expect(await revoke(context, { id, delegateId: 'd63' })).toEqual({ revoked: 0 });
    expect([await isAlive(test, text), await isAlive(test, spared)]).toEqual([true, true]);
    expect(await revoke(context, { id, delegateId: 'd64' })).toEqual({ revoked: 1, tokenEnded: true });
    expect([await isAlive(test, text), await isAlive(test, spared)]).toEqual([false, false]);
    for (let turn = 65; turn < 80; turn += 1)
      expect(await revoke(context, { id, delegateId: `d${turn}` })).toEqual({ revoked: 0 });
    expect([await written(test, 'jti/cid'), await written(test, 'jti')]).toEqual([64, 1]);
    expect(await isAlive(test, other.text)).toBe(true);
    const { items } = await test.events(test.service, { types: ['scoped_token.revoked'], limit: 100 });
    expect(items.map(({ data }) => data).slice(-2)).toEqual([
      { by: 'subject', delegateId: 'd63' },
      { by: 'subject', delegateId: null },
    ]);
    const [view] = (await test.core.scopedToken.list(test.service, {})).items.filter(
      (item) => item.id === id,
    );
    expect(view?.revokedAt).toEqual(test.clock.now());
  });

  it('writes no more than that by many calls at once', async () => {
    await using test = await openTestCore();
    const { id, context } = await issueAndPresent(test);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, turn) =>
        test.core.scopedToken.revoke(context, { id, delegateId: `d${turn}` }),
      ),
    );
    expect(answers.filter(({ revoked }) => revoked === 1)).toHaveLength(65);
    expect(answers.filter(({ tokenEnded }) => tokenEnded)).toHaveLength(1);
    expect([await written(test, 'jti/cid'), await written(test, 'jti')]).toEqual([64, 1]);
  });
});

describe('what is revoked already', () => {
  it('is not written again by its subject: neither a session, nor everything, nor what a request pays for', async () => {
    await using test = await openTestCore();
    const { revoke } = test.core.scopedToken;
    const session = test.subject('ada', 's1');
    const { id } = await test.core.authorizationRequest.create(test.service, {
      slug: 'transfer',
      subjectId: 'ada',
      title: 'Transfer',
      deliverTo: { channel: 'email', address: 'ada@example.org' },
    });
    for (let turn = 0; turn < 50; turn += 1) {
      await revoke(session, { sessionId: 's1' });
      await revoke(session, { subjectId: 'ada' });
      await revoke(session, { authorizationRequestId: id });
      test.clock.advance(10);
    }
    expect([await written(test, 'sub/sid'), await written(test, 'sub'), await written(test, 'arq')]).toEqual([
      1, 1, 1,
    ]);
  });

  it('stays revoked for every token that can live, however often and whenever it is asked for', async () => {
    await using test = await openTestCore();
    const { revoke } = test.core.scopedToken;
    const session = test.subject('ada', 's1');
    for (let hour = 0; hour < 30; hour += 1) {
      await revoke(session, { sessionId: 's1' });
      await revoke(session, { subjectId: 'ada' });
      test.clock.advance(3600);
    }
    const { rows } = await test.database.sql.query<{ kind: string; until: Date }>(
      'SELECT kind, max(not_after) AS until FROM countersign.token_revocation GROUP BY kind ORDER BY kind',
    );
    const asked = test.clock.now().getTime() - 3600_000;
    for (const { until: last } of rows) expect(last.getTime()).toBeGreaterThanOrEqual(asked + 86_400_000);
    expect(rows).toHaveLength(2);
    expect(await written(test, 'sub')).toBeLessThanOrEqual(30);
  });

  it('is revoked again when the subject has a token since: one that we know of, or that it presents', async () => {
    await using test = await openTestCore();
    const { revoke } = test.core.scopedToken;
    const ada = test.subject('ada');
    for (let turn = 1; turn <= 3; turn += 1) {
      const { text } = await issueAndPresent(test);
      expect(await revoke(ada, { subjectId: 'ada' })).toEqual({ revoked: 1 });
      expect(await isAlive(test, text)).toBe(false);
      expect(await written(test, 'sub')).toBe(turn);
    }
    const { text, context } = await issueAndPresent(test);
    // As if it had been minted elsewhere.
    await test.database.sql.query("SET countersign.retention = 'on'; DELETE FROM countersign.scoped_token");
    expect(await revoke(context, { subjectId: 'ada' })).toEqual({ revoked: 0 });
    expect(await isAlive(test, text)).toBe(false);
  });

  it('is revoked again whenever the service asks', async () => {
    await using test = await openTestCore();
    for (let turn = 0; turn < 3; turn += 1)
      await test.core.scopedToken.revoke(test.service, { subjectId: 'ada' });
    expect(await written(test, 'sub')).toBe(3);
  });
});

describe('a session that a subject ends', () => {
  it('is its own alone, though another subject has one of that name', async () => {
    await using nodes = await openNodes();
    const [node, witness] = [await nodes.open(), await nodes.open()];
    const [ada, eve] = [
      await issueAndPresent(node, { ...own, sessionId: '1' }),
      await issueAndPresent(node, { ...own, subjectId: 'eve', sessionId: '1' }),
    ];
    expect(await isAlive(witness, ada.text)).toBe(true);
    expect(await node.core.scopedToken.revoke(eve.context, { sessionId: '1' })).toEqual({ revoked: 1 });
    await until(async () => !(await isAlive(witness, eve.text)));
    for (const each of [node, witness, await nodes.open()]) {
      expect(await isAlive(each, ada.text)).toBe(true);
      expect(await isAlive(each, eve.text)).toBe(false);
    }
    expect(await node.core.scopedToken.introspect(node.service, { token: ada.text })).toMatchObject({
      active: true,
    });
    const late = await node.core.scopedToken.issue(node.service, {
      ...own,
      subjectId: 'eve',
      sessionId: '1',
    });
    expect(await isAlive(node, late.token ?? '')).toBe(false);
    expect(await node.core.scopedToken.revoke(node.service, { sessionId: '1' })).toEqual({ revoked: 2 });
    expect(await isAlive(node, ada.text)).toBe(false);
  });

  it('is not another’s of a name that a host has made of both', async () => {
    await using test = await openTestCore();
    const { revoke } = test.core.scopedToken;
    const victims = await Promise.all(
      ['3/a/b/c', 'a/b/c', 'c', 'b/c', '1', '3/eve/1', '["eve","1"]'].flatMap((sessionId) =>
        ['ada', 'a', 'a/b', '3/a'].map((subjectId) =>
          issueAndPresent(test, { ...own, subjectId, sessionId }),
        ),
      ),
    );
    await revoke(test.subject('eve', '1'), { sessionId: '1' });
    await revoke(test.subject('a/b', 'c/'), { sessionId: 'c/' });
    await revoke(test.subject('3', 'a/b/c'), { sessionId: 'a/b/c' });
    for (const { text } of victims) expect(await isAlive(test, text)).toBe(true);
    await revoke(test.subject('a/b', 'c'), { sessionId: 'c' });
    const dead = await Promise.all(victims.map(async ({ text }) => !(await isAlive(test, text))));
    expect(dead.filter(Boolean)).toHaveLength(1);
  });
});

/** What a process does that has room for three revocations. */
async function narrowRoom(nodes: Nodes, node: Node, whenStale: WhenRevocationsAreStale) {
  await node.core.scopedToken.ready();
  const trust = createTokenTrust(node.service, { audience: 'countersign', revocationsMax: 3 });
  const verifier = createTokenVerifier(node.service, trust, { whenStale });
  const verify = async (text: string) => {
    const verdict = await verifier.verify(text, { carrier: 'h' });
    return verdict.ok ? (verdict.onlyQueries ? 'only_queries' : 'accepted') : verdict.reason;
  };
  const away = async () => {
    await nodes.database.sql.query('ALTER TABLE countersign.token_revocation RENAME TO away');
    return {
      [Symbol.asyncDispose]: async () => {
        await nodes.database.sql.query('ALTER TABLE countersign.away RENAME TO token_revocation');
      },
    };
  };
  return { trust, verify, away, [Symbol.asyncDispose]: () => trust.close() };
}

describe('more revocations than there is room for', () => {
  it.each([
    ['closed', 'revocations_unknown'],
    ['database', 'revocations_unknown'],
    ['queries', 'only_queries'],
  ] as const)(
    'end no token that is not revoked while the database answers (%s), and are asked of it',
    async (whenStale, withoutDatabase) => {
      await using nodes = await openNodes();
      const node = await nodes.open();
      const good = await issueAndPresent(node);
      const ended = [];
      for (let turn = 0; turn < 6; turn += 1) ended.push(await issueAndPresent(node));
      for (const { id } of ended) await node.core.scopedToken.revoke(node.service, { id });
      await using room = await narrowRoom(nodes, node, whenStale);
      expect(await room.verify(good.text)).toBe('accepted');
      expect(room.trust.isOverfull()).toBe(true);
      for (const { text } of ended) expect(await room.verify(text)).toBe('revoked');
      await using _ = await room.away();
      expect(await room.verify(good.text)).toBe(withoutDatabase);
    },
  );

  it('are no reason to ask the database when they can be read no more: what is configured holds', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const good = await issueAndPresent(node);
    await using room = await narrowRoom(nodes, node, 'closed');
    expect(await room.verify(good.text)).toBe('accepted');
    using _ = pauseReads(node);
    nodes.clock.advance(11);
    expect(await room.verify(good.text)).toBe('revocations_unknown');
  });

  it('are not read again and again, and are over once enough of them have expired', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    for (let turn = 0; turn < 6; turn += 1)
      await node.core.scopedToken.revoke(node.service, { sessionId: `s${turn}` });
    const { pool } = node.service.database;
    const { query } = pool;
    const read: string[] = [];
    const counting: typeof query = (asked, parameters) => {
      read.push(asked.name);
      return query(asked, parameters);
    };
    await using room = await narrowRoom(nodes, node, 'closed');
    expect(await room.verify((await issueAndPresent(node)).text)).toBe('accepted');
    expect(room.trust.isOverfull()).toBe(true);
    Reflect.set(pool, 'query', counting);
    for (let turn = 0; turn < 10; turn += 1) await room.trust.refresh();
    expect(read.filter((name) => name.endsWith('token_revocation_all'))).toEqual([]);
    nodes.clock.advance(26 * 3600);
    await room.trust.refresh();
    expect(read.filter((name) => name.endsWith('token_revocation_all'))).toHaveLength(1);
    expect(room.trust.isOverfull()).toBe(false);
    Reflect.set(pool, 'query', query);
  });

  it('are read to the last one where one page does not hold them, many of one moment too', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { token } = await node.core.scopedToken.issue(node.service, { ...own, sessionId: 's24999' });
    const good = await issueAndPresent(node, { ...own, sessionId: 's25001' });
    await nodes.database.sql.query(
      `INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by)
       SELECT gen_random_uuid(), 'sid', 's' || n, $1::timestamptz + interval '1 hour' + n / 100 * interval '1 microsecond', now(), 'service'
       FROM generate_series(1, 25000) AS n`,
      [nodes.clock.now()],
    );
    const set = createRevocationSet();
    expect(await createRevocationFeed(node.service, set)()).toBe(true);
    expect(set.size).toBe(25_000);
    const late = await nodes.open();
    expect(await isAlive(late, token ?? '')).toBe(false);
    expect(await isAlive(late, good.text)).toBe(true);
  });

  it('are counted by what they revoke, not by how often it was written', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const good = await issueAndPresent(node);
    const old = await issueAndPresent(node, { ...own, subjectId: 'bob' });
    for (let turn = 0; turn < 5; turn += 1) {
      await node.core.scopedToken.revoke(node.service, { subjectId: 'bob' });
      await node.core.scopedToken.revoke(node.service, { sessionId: 's1' });
      nodes.clock.advance(600);
    }
    const fresh = await issueAndPresent(node, { ...own, subjectId: 'bob' });
    const inSession = await node.core.scopedToken.issue(node.service, { ...own, sessionId: 's1' });
    // Written by somebody else's hand, and without order.
    await nodes.database.sql.query(
      "INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by) SELECT gen_random_uuid(), 'sid', 's1', $1::timestamptz + n * interval '1 hour', now(), 'service' FROM generate_series(1, 9) AS n",
      [nodes.clock.now()],
    );
    await using room = await narrowRoom(nodes, node, 'closed');
    expect(await room.verify(good.text)).toBe('accepted');
    expect(room.trust.isOverfull()).toBe(false);
    expect(await room.verify(old.text)).toBe('revoked');
    expect(await room.verify(fresh.text)).toBe('accepted');
    expect(await room.verify(inSession.token ?? '')).toBe('revoked');
  });
});
