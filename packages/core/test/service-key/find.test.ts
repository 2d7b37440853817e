import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { checksumOf } from '../../src/scoped-token/cst1/checksum.ts';
import { refusal } from '../fixtures.ts';
import { openNodes, until, type Node } from '../scoped-token/stored/two-nodes.ts';
import { countStatements, createKey, operatorOf, pauseKeyReads } from './two-operators.ts';

const find = ({ core }: Node, key: string) => core.serviceKey.find(key);
const revoke = (node: Node, id: string) => node.core.serviceKey.revoke(operatorOf(node), { id });
const unknownKey = (): string => {
  const text = `csk_${randomBytes(32).toString('base64url')}`;
  return text + checksumOf(text);
};
const unavailable = refusal('unavailable_dependency');

describe('a service key', () => {
  it('that was revoked is refused where it was at once, and within a second on another node', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const { id, key } = await createKey(one);
    const spared = await createKey(one);
    for (const node of [one, other]) {
      expect(await find(node, key)).toEqual({ kind: 'service', keyId: id });
      expect(await node.core.serviceKey.isInForce(id)).toBe(true);
    }
    await revoke(one, id);
    const revokedAt = performance.now();
    expect(await find(one, key)).toBeNull();
    expect(await one.core.serviceKey.isInForce(id)).toBe(false);
    await until(async () => (await find(other, key)) === null);
    expect(performance.now() - revokedAt).toBeLessThan(1000);
    expect(await other.core.serviceKey.isInForce(id)).toBe(false);
    for (const node of [one, other]) expect(await find(node, spared.key)).toMatchObject({ keyId: spared.id });
  });

  it('that was revoked by hand, in the table, is refused within a second as well', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { key } = await createKey(node);
    expect(await find(node, key)).not.toBeNull();
    await nodes.database.sql.query(
      "UPDATE countersign.service_key SET revoked_at = now(), revoked_by = 'somebody at a console'",
    );
    const revokedAt = performance.now();
    await until(async () => (await find(node, key)) === null);
    expect(performance.now() - revokedAt).toBeLessThan(1000);
  });

  it('is good at once where it was made, and within a second on another node that has begun to read', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    for (const node of [one, other]) expect(await find(node, unknownKey())).toBeNull();
    const { key } = await createKey(one);
    const madeAt = performance.now();
    expect(await find(one, key)).not.toBeNull();
    await until(async () => (await find(other, key)) !== null);
    expect(performance.now() - madeAt).toBeLessThan(1000);
  });

  it('ends at its time, without anybody reading anything', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { id, key } = await createKey(node, { expiresInSeconds: 5 });
    nodes.clock.advance(4.999);
    expect(await find(node, key)).not.toBeNull();
    using _ = pauseKeyReads(node);
    nodes.clock.advance(0.001);
    expect(await find(node, key)).toBeNull();
    expect(await node.core.serviceKey.isInForce(id)).toBe(false);
  });

  it('is itself, character by character: every changed one is nobody’s', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { id, key } = await createKey(node);
    const body = key.slice(0, -6);
    for (let place = 4; place < body.length; place += 1) {
      const changed = `${body.slice(0, place)}${body[place] === 'A' ? 'B' : 'A'}${body.slice(place + 1)}`;
      expect(await find(node, changed + checksumOf(changed))).toBeNull();
      expect(await find(node, changed + key.slice(-6))).toBeNull();
    }
    const others = [
      '',
      'csk_',
      body,
      `${key} `,
      ` ${key}`,
      key.toUpperCase(),
      `${key}A`,
      `Bearer ${key}`,
      id,
    ];
    for (const other of [...others, key.replace('csk_', 'cst_'), `${key}\n`, key.normalize().slice(0, -1)])
      expect(await find(node, other)).toBeNull();
    expect(await node.core.serviceKey.isInForce('bootstrap')).toBe(false);
    expect(await find(node, key)).toEqual({ kind: 'service', keyId: id });
  });

  it('of another deployment’s secret is nobody’s, though its row was copied', async () => {
    await using nodes = await openNodes();
    const own = await nodes.open();
    const { key } = await createKey(own);
    const foreign = await nodes.open({ secret: randomBytes(32).toString('base64') });
    expect(await find(foreign, key)).toBeNull();
    expect(nodes.log.filter((line) => line.includes('cannot be verified')).length).toBe(1);
    const { key: foreignKey } = await createKey(foreign);
    expect(await find(foreign, foreignKey)).not.toBeNull();
    expect(await find(own, foreignKey)).toBeNull();
    await sleep(600); // two polls more
    expect(nodes.log.filter((line) => line.includes('cannot be verified')).length).toBe(2);
  });

  it('whose row names the right secret, but was made with another, is nobody’s', async () => {
    await using nodes = await openNodes();
    const own = await nodes.open();
    await createKey(own);
    const foreign = await nodes.open({ secret: randomBytes(32).toString('base64') });
    const { key } = await createKey(foreign);
    await nodes.database.sql.query('ALTER TABLE countersign.service_key DISABLE TRIGGER USER');
    await nodes.database.sql.query(
      'UPDATE countersign.service_key SET secret_key_id = (SELECT secret_key_id FROM countersign.service_key ORDER BY id LIMIT 1)',
    );
    expect(await find(await nodes.open(), key)).toBeNull();
  });

  it('of a service does not become an operator’s by a change of its row', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { key } = await createKey(node);
    await nodes.database.sql.query('ALTER TABLE countersign.service_key DISABLE TRIGGER USER');
    await nodes.database.sql.query("UPDATE countersign.service_key SET role = 'operator'");
    expect(await find(await nodes.open(), key)).toBeNull();
  });

  it('outlives a rotation of the deployment’s secret while the old one is among the previous, and not without it', async () => {
    await using nodes = await openNodes();
    const before = await nodes.open();
    const old = await createKey(before);
    const active = randomBytes(32).toString('base64');
    const rotated = await nodes.open({ secret: { active, previous: [nodes.secret] } });
    expect(await find(rotated, old.key)).toMatchObject({ keyId: old.id });
    const fresh = await createKey(rotated, { role: 'operator' });
    expect(await find(rotated, fresh.key)).toEqual({ kind: 'operator', keyId: fresh.id });
    expect(await find(rotated, old.key)).toEqual({ kind: 'service', keyId: old.id });
    const without = await nodes.open({ secret: active });
    expect(await find(without, old.key)).toBeNull();
    expect(await find(without, fresh.key)).toMatchObject({ keyId: fresh.id });
  });
});

describe('presented keys', () => {
  it('that nobody knows cost the database nothing: ten thousand are no statement more', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    await createKey(node);
    await find(node, unknownKey());
    using statements = countStatements(node);
    const startedAt = performance.now();
    for (let n = 0; n < 100; n += 1) {
      const found = await Promise.all(Array.from({ length: 100 }, () => find(node, unknownKey())));
      expect(found.every((actor) => actor === null)).toBe(true);
    }
    const polls = 2 + (performance.now() - startedAt) / 250;
    expect(statements.sent.every((name) => name === 'service_key_in_force')).toBe(true);
    expect(statements.sent.length).toBeLessThanOrEqual(polls);
  });

  it('that cannot be keys begin nothing: the keys are not even read', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    using statements = countStatements(node);
    const hopeless = ['', 'csk_', `csk_${'a'.repeat(40)}`, `csk_${'a'.repeat(49)}`, 'x'.repeat(100_000)];
    for (const text of hopeless) expect(await find(node, text)).toBeNull();
    await sleep(600);
    expect(statements.sent).toEqual([]);
  });

  it('that arrive all at once on a process that has just started share one read', async () => {
    await using nodes = await openNodes();
    const { key } = await createKey(await nodes.open());
    const node = await nodes.open();
    using statements = countStatements(node);
    const found = await Promise.all(Array.from({ length: 500 }, () => find(node, key)));
    expect(found.every((actor) => actor !== null)).toBe(true);
    expect(statements.sent.filter((name) => name === 'service_key_in_force').length).toBeLessThan(4);
    expect(statements.sent.filter((name) => name === 'service_key_used').length).toBe(1);
  });
});

describe('while keys cannot be read', () => {
  it('those known are good for ten seconds, then every one is refused, until they can be read again', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const { id, key } = await createKey(one);
    expect(await find(other, key)).not.toBeNull();
    {
      using _ = pauseKeyReads(other);
      await sleep(300); // a read has failed
      await revoke(one, id);
      nodes.clock.advance(10);
      expect(await find(other, key)).not.toBeNull();
      nodes.clock.advance(0.001);
      await expect(find(other, key)).rejects.toMatchObject(unavailable);
      await expect(find(other, unknownKey())).rejects.toMatchObject(unavailable);
      await expect(other.core.serviceKey.isInForce(id)).rejects.toMatchObject(unavailable);
      // Nobody who asks meanwhile makes the database busy: it is tried twice a second, by the poll.
      using statements = countStatements(other);
      const startedAt = performance.now();
      for (let n = 0; n < 1000; n += 1)
        await expect(find(other, unknownKey())).rejects.toMatchObject(unavailable);
      expect(statements.sent.length).toBeLessThanOrEqual(2 + (performance.now() - startedAt) / 500);
    }
    await until(async () => (await find(other, key).catch(() => 'refused')) === null);
    expect(nodes.log.filter((line) => line.includes('service keys cannot be read')).length).toBe(1);
  });

  it('from the first moment on, every one is refused', async () => {
    await using nodes = await openNodes();
    const { key } = await createKey(await nodes.open());
    const node = await nodes.open();
    {
      using _ = pauseKeyReads(node);
      await expect(find(node, key)).rejects.toMatchObject(unavailable);
    }
    await until(async () => (await find(node, key).catch(() => null)) !== null);
  });

  it('a clock that was set back does not make what is known young', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { key } = await createKey(node);
    expect(await find(node, key)).not.toBeNull();
    using _ = pauseKeyReads(node);
    await sleep(300);
    nodes.clock.advance(-2);
    await expect(find(node, key)).rejects.toMatchObject(unavailable);
  });

  it('a read that hangs at a lock makes nobody wait longer than half a second', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { key } = await createKey(node);
    expect(await find(node, key)).not.toBeNull();
    const client = await nodes.database.sql.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE countersign.service_key IN ACCESS EXCLUSIVE MODE');
    nodes.clock.advance(11);
    const startedAt = performance.now();
    await expect(find(node, key)).rejects.toMatchObject(unavailable);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    await client.query('ROLLBACK');
    client.release();
    await until(async () => (await find(node, key).catch(() => null)) !== null);
  });
});

describe('the last use of a key', () => {
  it('is the day, written once a day by all nodes together, beside the call', async () => {
    await using nodes = await openNodes();
    nodes.clock.set(new Date('2026-11-22T23:00:00Z'));
    const all = [await nodes.open(), await nodes.open()];
    const node = all[0]!;
    const { key } = await createKey(node);
    const operator = operatorOf(node);
    const lastUse = async () => (await node.core.serviceKey.list(operator, {})).items[0]?.lastUsedOn;
    expect(await lastUse()).toBeNull();
    using statements = countStatements(node);
    const used = () => statements.sent.filter((name) => name === 'service_key_used').length;
    for (let n = 0; n < 50; n += 1) for (const each of all) await find(each, key);
    await until(async () => (await lastUse()) === '2026-11-22');
    expect(used()).toBe(1);
    nodes.clock.advance(3599);
    await find(node, key);
    expect(used()).toBe(1);
    nodes.clock.advance(1);
    await find(node, key);
    await until(async () => (await lastUse()) === '2026-11-23');
    expect(used()).toBe(2);
  });

  it('is not written again on the same day, however many hours later', async () => {
    await using nodes = await openNodes();
    nodes.clock.set(new Date('2026-11-22T10:00:00Z'));
    const node = await nodes.open();
    const { id, key } = await createKey(node);
    await find(node, key);
    const { sql } = nodes.database;
    await until(
      async () =>
        (await sql.query('SELECT FROM countersign.service_key WHERE last_used_on IS NOT NULL')).rowCount ===
        1,
    );
    using statements = countStatements(node);
    for (let hour = 0; hour < 3; hour += 1) {
      nodes.clock.advance(3600);
      expect(await find(node, key)).toMatchObject({ keyId: id });
    }
    expect(statements.sent).not.toContain('service_key_used');
  });

  it('fails without failing the call, and is tried again an hour later', async () => {
    await using nodes = await openNodes();
    nodes.clock.set(new Date('2026-11-22T10:00:00Z'));
    const node = await nodes.open();
    const { key } = await createKey(node);
    await nodes.database.sql.query(
      "CREATE TRIGGER away BEFORE UPDATE ON countersign.service_key FOR EACH ROW EXECUTE FUNCTION countersign.refuse_change('away')",
    );
    expect(await find(node, key)).not.toBeNull();
    await until(() => nodes.log.some((line) => line.includes('cannot be noted')));
    await nodes.database.sql.query('DROP TRIGGER away ON countersign.service_key');
    using statements = countStatements(node);
    expect(await find(node, key)).not.toBeNull();
    expect(statements.sent).not.toContain('service_key_used');
    nodes.clock.advance(3600);
    await find(node, key);
    expect(statements.sent).toContain('service_key_used');
  });
});

describe('a process', () => {
  it('that is asked for no key reads none, and one that was closed knows none', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const asked = vi.spyOn(node.service.database.pool, 'query');
    const { key } = await createKey(node);
    await sleep(600);
    expect(asked.mock.calls.some(([{ name }]) => name.endsWith('service_key_in_force'))).toBe(false);
    asked.mockRestore();
    expect(await find(node, key)).not.toBeNull();
    await node.core.close();
    await expect(find(node, key)).rejects.toMatchObject(unavailable);
  });
});
