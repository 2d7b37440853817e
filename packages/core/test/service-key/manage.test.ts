import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/index.ts';
import { keysInForceMax } from '../../src/service-key/create.ts';
import { refusal } from '../fixtures.ts';
import { openNodes } from '../scoped-token/stored/two-nodes.ts';
import { createKey, operatorOf } from './two-operators.ts';

describe('a service key', () => {
  it('is made by an operator, shown once, and listed without its text', async () => {
    await using nodes = await openNodes();
    const { core } = await nodes.open();
    const operator = core.context({ kind: 'operator', keyId: 'key_first' });
    const made = await core.serviceKey.create(operator, { title: 'billing', expiresInSeconds: 60 });
    const now = nodes.clock.now();
    expect(made).toEqual({
      id: expect.stringMatching(/^key_[0-9a-z]{26}$/) as string,
      key: expect.stringMatching(/^csk_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/) as string,
      title: 'billing',
      role: 'service',
      createdAt: now,
      createdBy: 'operator:key_first',
      lastUsedOn: null,
      expiresAt: new Date(now.getTime() + 60_000),
      revokedAt: null,
    });
    const other = await core.serviceKey.create(operator, { title: 'console', role: 'operator' });
    const { key: _made, ...first } = made;
    const { key: _other, ...second } = other;
    expect(await core.serviceKey.list(operator, {})).toEqual({ items: [second, first], nextCursor: null });
    expect(await core.serviceKey.find(made.key ?? '')).toEqual({ kind: 'service', keyId: made.id });
    expect(await core.serviceKey.find(other.key ?? '')).toEqual({ kind: 'operator', keyId: other.id });
  });

  it('is neither made, listed nor revoked by anybody but an operator: a service cannot make itself one', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { id, key } = await createKey(node);
    const actors: (Actor | null)[] = [
      { kind: 'service' },
      await node.core.serviceKey.find(key),
      { kind: 'subject', subjectId: 'ada', sessionId: null },
      { kind: 'device', subjectId: 'ada', factorId: 'fact_1' },
    ];
    for (const actor of actors) {
      if (actor === null) throw new Error('the key is not known');
      const context = node.core.context(actor);
      const { create, list, revoke } = node.core.serviceKey;
      for (const role of ['operator', 'service'] as const)
        await expect(create(context, { title: 'mine', role })).rejects.toMatchObject(refusal('forbidden'));
      await expect(create(context, { title: 'mine', idempotencyKey: 'k' })).rejects.toMatchObject(
        refusal('forbidden'),
      );
      await expect(list(context, {})).rejects.toMatchObject(refusal('forbidden'));
      await expect(revoke(context, { id })).rejects.toMatchObject(refusal('forbidden'));
    }
    expect((await node.core.serviceKey.list(operatorOf(node), {})).items).toHaveLength(1);
  });

  it('is made once for one idempotency key, and its text is not shown again', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const operator = operatorOf(node);
    const input = { title: 'billing', idempotencyKey: 'k1' };
    const { create } = node.core.serviceKey;
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(operator, input)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(answers.filter(({ key }) => key !== null)).toHaveLength(1);
    await expect(create(operator, { ...input, role: 'operator' })).rejects.toMatchObject(
      refusal('idempotency_conflict', { inProgress: false }),
    );
  });

  it('is its own though two hundred are made at once', async () => {
    await using nodes = await openNodes();
    const all = [await nodes.open(), await nodes.open()];
    const made = await Promise.all(
      Array.from({ length: 200 }, (_, n) => createKey(all[n % 2]!, { title: `billing ${n}` })),
    );
    expect(new Set(made.map(({ key }) => key)).size).toBe(200);
    expect(new Set(made.map(({ id }) => id)).size).toBe(200);
    for (const [n, { id, key }] of made.entries())
      expect(await all[(n + 1) % 2]!.core.serviceKey.find(key)).toEqual({ kind: 'service', keyId: id });
    const operator = operatorOf(all[0]!);
    const listed: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<(typeof all)[0]['core']['serviceKey']['list']>> =
        await all[0]!.core.serviceKey.list(operator, cursor === null ? {} : { cursor });
      listed.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(listed.toSorted()).toEqual(made.map(({ id }) => id).toSorted());
  });

  it('is one of a thousand at most: a node reads all of them four times a second', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    await nodes.database.sql.query(
      `INSERT INTO countersign.service_key (id, title, role, digest, secret_key_id, created_at, created_by)
       SELECT gen_random_uuid(), 'many', 'service', sha256(n::text::bytea), 'gone', $1, 'operator' FROM generate_series(1, $2::int) AS n`,
      [nodes.clock.now(), keysInForceMax - 1],
    );
    const { id } = await createKey(node);
    await expect(createKey(node)).rejects.toMatchObject(refusal('invalid_input'));
    await node.core.serviceKey.revoke(operatorOf(node), { id });
    await createKey(node);
  });

  it.each([
    [{}],
    [{ title: '' }],
    [{ title: 'x'.repeat(101) }],
    [{ title: 'a\u0000b' }],
    [{ title: 'a', role: 'subject' }],
    [{ title: 'a', role: 'Operator' }],
    [{ title: 'a', expiresInSeconds: 0 }],
    [{ title: 'a', expiresInSeconds: 1.5 }],
    [{ title: 'a', expiresInSeconds: 315_360_001 }],
    [{ title: 'a', digest: 'x' }],
    [{ title: 'a', key: 'csk_mine' }],
  ])('is not made of %j', async (input) => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    await expect(node.core.serviceKey.create(operatorOf(node), input as never)).rejects.toMatchObject(
      refusal('invalid_input'),
    );
  });

  it('that was revoked stays as it was when it is revoked again, and an unknown one is not found', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const operator = operatorOf(node);
    const { id } = await createKey(node);
    const { revoke } = node.core.serviceKey;
    const first = await revoke(operator, { id, idempotencyKey: 'r' });
    expect(first).toMatchObject({ id, revokedAt: nodes.clock.now() });
    nodes.clock.advance(60);
    expect(await revoke(operator, { id })).toEqual(first);
    expect(await revoke(operator, { id, idempotencyKey: 'r' })).toEqual(first);
    const unknown = [`${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`, 'key_', 'cst_x', 'anything'];
    for (const other of unknown)
      await expect(revoke(operator, { id: other })).rejects.toMatchObject(refusal('not_found'));
  });
});

describe('guards below the code', () => {
  it.each([
    [
      'a revoked key stays revoked',
      'UPDATE countersign.service_key SET revoked_at = NULL, revoked_by = NULL',
      /stays revoked/,
    ],
    [
      'it was revoked when it was',
      "UPDATE countersign.service_key SET revoked_at = now() + interval '1 hour'",
      /stays revoked/,
    ],
    [
      'its digest does not change',
      "UPDATE countersign.service_key SET digest = sha256('other')",
      /does not change/,
    ],
    ['its role does not change', "UPDATE countersign.service_key SET role = 'operator'", /does not change/],
    ['its end does not change', 'UPDATE countersign.service_key SET expires_at = NULL', /does not change/],
    ['it is kept', 'DELETE FROM countersign.service_key', /is kept/],
    ['all of them are', 'TRUNCATE countersign.service_key', /is kept/],
    [
      'no two are the same',
      'INSERT INTO countersign.service_key SELECT gen_random_uuid(), title, role, digest, secret_key_id, created_at, created_by FROM countersign.service_key',
      /service_key_digest/,
    ],
  ])('%s', async (_, sql, message) => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { id } = await createKey(node, { expiresInSeconds: 60 });
    await node.core.serviceKey.revoke(operatorOf(node), { id });
    await expect(nodes.database.sql.query(sql)).rejects.toThrow(message);
  });
});
