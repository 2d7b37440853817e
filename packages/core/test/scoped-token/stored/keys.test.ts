import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { createKeys } from '../../../src/keys.ts';
import { systemRandomness } from '../../../src/runtime.ts';
import { createKeyRing } from '../../../src/scoped-token/key/ring.ts';
import type { SuppliedTokenKey } from '../../../src/scoped-token/key/source.ts';
import { unwrapRoot, wrapRoot } from '../../../src/scoped-token/key/wrap.ts';
import { refusal } from '../../fixtures.ts';
import { openNodes, pauseReads, until, type Node, type Nodes } from './two-nodes.ts';

async function issue({ core, service }: Node): Promise<string> {
  const { token } = await core.scopedToken.issue(service, {
    subjectId: 'ada',
    preset: 'subject',
    maxAgeSeconds: 86_400,
  });
  return token ?? '';
}

const verify = ({ core }: Node, token: string) => core.scopedToken.verifier.verify(token, { carrier: 'h' });
const kidOf = (token: string): string => token.split('.')[1] ?? '';

/** Rotates as soon as it may be: the clock is moved to when the next key is old enough. */
async function rotate(nodes: Nodes, { core, service }: Node): Promise<string> {
  for (;;) {
    const rotation = await core.scopedToken.rotateKeys(service);
    if (rotation.rotated) return rotation.activeKid;
    nodes.clock.set(rotation.retryAt);
  }
}

describe('keys', () => {
  it('are made once, one that mints and one that will, though many nodes start at once', async () => {
    await using nodes = await openNodes();
    const all = await Promise.all(Array.from({ length: 6 }, () => nodes.open()));
    await Promise.all(all.map(({ core }) => core.scopedToken.ready()));
    const [first] = all;
    const keys = await first?.core.scopedToken.listKeys(first.service);
    expect(keys?.map(({ state }) => state).sort()).toEqual(['active', 'next']);
    const tokens = await Promise.all(all.map(issue));
    for (const node of all)
      for (const token of tokens) expect(await verify(node, token)).toMatchObject({ ok: true });
  });

  it('do not exist, and nothing asks for them, in a process that has no tokens', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    expect(await node.core.scopedToken.listKeys(node.service)).toEqual([]);
  });

  it('go from next to active to retiring, and are gone when their longest token has expired', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const old = await issue(node);
    const [next] = (await node.core.scopedToken.listKeys(node.service)).filter(
      ({ state }) => state === 'next',
    );
    expect(await rotate(nodes, node)).toBe(next?.kid);
    const states = new Map(
      (await node.core.scopedToken.listKeys(node.service)).map(({ kid, state }) => [kid, state]),
    );
    expect(states.get(kidOf(old))).toBe('retiring');
    expect(states.get(next?.kid ?? '')).toBe('active');
    expect([...states.values()].sort()).toEqual(['active', 'next', 'retiring']);
    expect(kidOf(await issue(node))).toBe(next?.kid);
    expect(await verify(node, old)).toMatchObject({ ok: true });
    nodes.clock.advance(86_400 + 300);
    expect(await verify(node, old)).toEqual({ ok: false, reason: 'unknown_key' });
    await rotate(nodes, node);
    const left = await node.core.scopedToken.listKeys(node.service);
    expect(left.map(({ kid }) => kid)).not.toContain(kidOf(old));
    const { rows } = await nodes.database.sql.query('SELECT FROM countersign.token_key WHERE kid = $1', [
      kidOf(old),
    ]);
    expect(rows).toEqual([]);
  });

  it('do not mint before every node has had the time to hear of them', async () => {
    await using nodes = await openNodes();
    const { core, service } = await nodes.open();
    await core.scopedToken.ready();
    const refused = await core.scopedToken.rotateKeys(service);
    expect(refused).toEqual({ rotated: false, retryAt: new Date(nodes.clock.now().getTime() + 15_000) });
    nodes.clock.advance(14.999);
    expect(await core.scopedToken.rotateKeys(service)).toMatchObject({ rotated: false });
    nodes.clock.advance(0.001);
    expect(await core.scopedToken.rotateKeys(service)).toMatchObject({ rotated: true });
  });

  it('refuse no valid token while two nodes mint for each other and the keys rotate twenty times', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    let isOver = false;
    const refused: unknown[] = [];
    const kept: string[] = [];
    let verified = 0;
    const work = async (minter: Node, verifier: Node) => {
      while (!isOver) {
        const token = await issue(minter);
        kept.push(token);
        for (const candidate of [token, kept[Math.floor(kept.length / 2)] ?? token]) {
          const verdict = await verify(verifier, candidate);
          verified += 1;
          if (!verdict.ok) refused.push(verdict.reason);
        }
      }
    };
    const crew = [work(one, other), work(other, one), work(one, one), work(other, other)];
    const kids = new Set<string>();
    for (let turn = 0; turn < 20; turn += 1) {
      kids.add(await rotate(nodes, turn % 2 === 0 ? one : other));
      const before = kept.length;
      await until(() => kept.length > before + 8);
    }
    isOver = true;
    await Promise.all(crew);
    expect(refused).toEqual([]);
    expect(kids.size).toBe(20);
    expect(verified).toBeGreaterThan(300);
    for (const token of kept) expect(await verify(other, token)).toMatchObject({ ok: true });
  });

  it('that mint the moment they are made are refused by a node that has not heard of them: the naive rotation', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    await Promise.all([one.core.scopedToken.ready(), other.core.scopedToken.ready()]);
    using _ = pauseReads(other);
    // As if it needed no age: the row says it is old.
    await nodes.database.sql.query(
      "UPDATE countersign.token_key SET state = 'revoked', wrapped_root = NULL WHERE state = 'next'",
    );
    await one.core.scopedToken.rotateKeys(one.service); // makes another next
    await nodes.database.sql.query(
      "UPDATE countersign.token_key SET created_at = created_at - interval '1 hour' WHERE state = 'next'",
    );
    await one.core.scopedToken.rotateKeys(one.service);
    expect(await verify(other, await issue(one))).toEqual({ ok: false, reason: 'unknown_key' });
  });

  it('end at once when they are revoked, with what they minted, on every node', async () => {
    await using nodes = await openNodes();
    const [one, other] = [await nodes.open(), await nodes.open()];
    const token = await issue(one);
    expect(await verify(other, token)).toMatchObject({ ok: true });
    await one.core.scopedToken.revokeKey(one.service, { kid: kidOf(token) });
    expect(await verify(one, token)).toEqual({ ok: false, reason: 'unknown_key' });
    const revokedAt = performance.now();
    await until(async () => !(await verify(other, token)).ok);
    expect(performance.now() - revokedAt).toBeLessThan(1000);
    const states = (await one.core.scopedToken.listKeys(one.service)).map(({ state }) => state);
    expect(states.sort()).toEqual(['active', 'next', 'revoked']);
    const again = await issue(one);
    expect(kidOf(again)).not.toBe(kidOf(token));
    await until(async () => (await verify(other, again)).ok);
    await expect(one.core.scopedToken.revokeKey(one.service, { kid: kidOf(token) })).rejects.toMatchObject(
      refusal('not_found'),
    );
    const { rows } = await nodes.database.sql.query(
      'SELECT wrapped_root FROM countersign.token_key WHERE kid = $1',
      [kidOf(token)],
    );
    expect(rows).toEqual([{ wrapped_root: null }]);
  });

  it('stay readable when the secret is rotated, while the old one is among the previous, and not without it', async () => {
    await using nodes = await openNodes();
    const token = await issue(await nodes.open());
    const active = randomBytes(32).toString('base64');
    const rotated = await nodes.open({ secret: { active, previous: [nodes.secret] } });
    expect(await verify(rotated, token)).toMatchObject({ ok: true });
    await rotate(nodes, rotated);
    const without = await nodes.open({ secret: active });
    expect(await verify(without, token)).toEqual({ ok: false, reason: 'unknown_key' });
    expect(nodes.log.some((line) => line.includes('a token key cannot be read'))).toBe(true);
    expect(await verify(rotated, await issue(rotated))).toMatchObject({ ok: true });
  });

  it('are not made a second time by a process that cannot read them: it issues nothing', async () => {
    await using nodes = await openNodes();
    await issue(await nodes.open());
    const foreign = await nodes.open({ secret: randomBytes(32).toString('base64') });
    await expect(issue(foreign)).rejects.toMatchObject(refusal('unavailable_dependency'));
  });

  it('of an unknown name are refused without asking anybody', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const token = await issue(node);
    const { pool } = node.service.database;
    const asked = vi.spyOn(pool, 'query');
    for (let n = 0; n < 1000; n += 1) {
      const forged = token.replace(`.${kidOf(token)}.`, `.k${n}.`);
      expect(await verify(node, forged)).toEqual({ ok: false, reason: 'unknown_key' });
    }
    // A poll or two may fall into that time.
    expect(asked.mock.calls.length).toBeLessThan(30);
    asked.mockRestore();
  });
});

describe('a key service', () => {
  it('supplies the keys instead of the table, which stays empty', async () => {
    await using nodes = await openNodes();
    let keys: readonly SuppliedTokenKey[] = [
      { kid: 'a', state: 'active', root: randomBytes(32) },
      { kid: 'b', state: 'next', root: randomBytes(32) },
    ];
    const scopedToken = { keyService: { keys: async () => keys } };
    const [one, other] = [await nodes.open({ scopedToken }), await nodes.open({ scopedToken })];
    const token = await issue(one);
    expect(kidOf(token)).toBe('a');
    expect(await verify(other, token)).toMatchObject({ ok: true });
    keys = keys.map((key) => ({ ...key, state: key.kid === 'a' ? 'retiring' : 'active' }));
    await until(async () => kidOf(await issue(one)) === 'b');
    expect(await verify(other, token)).toMatchObject({ ok: true });
    keys = keys.filter(({ kid }) => kid === 'b');
    await until(async () => !(await verify(other, token)).ok);
    expect(await one.core.scopedToken.listKeys(one.service)).toEqual([]);
    await expect(one.core.scopedToken.rotateKeys(one.service)).rejects.toMatchObject(refusal('unavailable'));
    await expect(one.core.scopedToken.revokeKey(one.service, { kid: 'a' })).rejects.toMatchObject(
      refusal('unavailable'),
    );
  });
});

describe('a key service that answers nonsense', () => {
  it.each([
    { kid: 'A', state: 'active' as const, root: randomBytes(32) },
    { kid: 'a', state: 'active' as const, root: randomBytes(31) },
  ])('has no keys: $kid', async (key) => {
    await using nodes = await openNodes();
    const node = await nodes.open({ scopedToken: { keyService: { keys: async () => [key] } } });
    await expect(issue(node)).rejects.toMatchObject(refusal('unavailable_dependency'));
    expect(nodes.log.join()).toContain('a key service gives a kid');
  });
});

describe('a wrapped root', () => {
  const keys = createKeys(Buffer.alloc(32, 7).toString('base64'));
  const root = randomBytes(32);

  it('is opened under its own name alone, unchanged, by the secret that wrapped it', () => {
    const wrapped = wrapRoot(keys, systemRandomness, 'a', root);
    expect(unwrapRoot(keys, 'a', wrapped)).toEqual(root);
    expect(unwrapRoot(keys, 'b', wrapped)).toBeNull();
    for (let place = 0; place < wrapped.wrapped.length; place += 1) {
      const changed = Buffer.from(wrapped.wrapped);
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(unwrapRoot(keys, 'a', { ...wrapped, wrapped: changed })).toBeNull();
    }
    expect(unwrapRoot(keys, 'a', { ...wrapped, wrapped: wrapped.wrapped.subarray(1) })).toBeNull();
    expect(unwrapRoot(keys, 'a', { ...wrapped, secretKeyId: 'gone' })).toBeNull();
    expect(wrapRoot(keys, systemRandomness, 'a', root).wrapped).not.toEqual(wrapped.wrapped);
  });

  it('gives the same key object for each audience, however often it is read', () => {
    const ring = createKeyRing();
    const known = { kid: 'a', state: 'active', root, endsAt: null } as const;
    ring.replace([known]);
    const now = new Date();
    const key = ring.find('a', 'bank.example', now);
    ring.replace([{ ...known, state: 'retiring', root: Buffer.from(root) }]);
    expect(ring.find('a', 'bank.example', now)).toBe(key);
    expect(ring.find('a', 'shop.example', now)?.equals(key ?? (null as never))).toBe(false);
    ring.replace([{ ...known, root: randomBytes(32) }]);
    expect(ring.find('a', 'bank.example', now)).not.toBe(key);
  });
});
