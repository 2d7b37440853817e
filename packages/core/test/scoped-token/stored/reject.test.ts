import { describe, expect, it } from 'vitest';
import { formatId } from '../../../src/id.ts';
import { rejectionsPerMinuteMax } from '../../../src/scoped-token/reject.ts';
import { attenuateScopedToken, deriveTokenKey, mintScopedToken } from '../../../src/scoped-token/index.ts';
import type { Core, KnownToken } from '../../../src/index.ts';
import { untilVisible } from '../../../testing/index.ts';
import { withChecksum } from '../hand-made.ts';
import { own } from './present.ts';
import { openNodes, pauseReads, until, type Node, type Nodes } from './two-nodes.ts';

type Rejection = Parameters<Core['scopedToken']['reject']>[1];

/** What the log tells of refusals. */
async function told(nodes: Nodes, { core, service }: Node) {
  await untilVisible(nodes.database);
  const { items } = await core.event.list(service, { types: ['scoped_token.rejected'], limit: 500 });
  return items;
}

/** What lies in the table, whoever may see it. */
async function written({ database }: Nodes): Promise<number> {
  const { rows } = await database.sql.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM countersign.event WHERE type = 'scoped_token.rejected'",
  );
  return rows[0]?.n ?? -1;
}

async function issue({ core, service }: Node, more: object = {}) {
  const { token, id } = await core.scopedToken.issue(service, { ...own, ...more });
  return { text: token ?? '', known: { id, subjectId: 'ada', sessionId: null } satisfies KnownToken };
}

/** What a server does with what is presented to it. */
async function present({ core }: Node, text: string, asked: Partial<Rejection> = {}): Promise<string> {
  const verdict = await core.scopedToken.verifier.verify(text, { carrier: 'h' });
  if (verdict.ok) return 'accepted';
  core.scopedToken.reject(verdict.known ?? null, { ...asked, reason: verdict.reason });
  return verdict.reason;
}

describe('the refusal of a token that we signed', () => {
  it('is told by an event of the token: why exactly, and what was asked', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { text, known } = await issue(node, { sessionId: 's1', maxAgeSeconds: 60 });
    nodes.clock.advance(60);
    const asked = { type: 'mutation', path: 'authorizationRequest.grant' };
    expect(await present(node, text, asked)).toBe('expired');
    await until(async () => (await written(nodes)) === 1);
    expect(await told(nodes, node)).toMatchObject([
      {
        subjectId: 'ada',
        about: { kind: 'scoped_token', id: known.id },
        sequence: 2,
        data: { reason: 'expired', ...asked, times: 1 },
        context: null,
      },
    ]);
    const subject = node.core.context({ kind: 'subject', subjectId: 'ada', sessionId: 's1' });
    const { items } = await node.core.event.list(subject, { types: ['scoped_token.rejected'] });
    expect(items.map(({ data }) => data)).toEqual([{}]);
  });

  it('carries each reason beyond the signature to it, with whose token it is', async () => {
    await using nodes = await openNodes();
    const root = new Uint8Array(32).fill(7);
    const kid = '2026a';
    const keyService = { keys: async () => [{ kid, state: 'active' as const, root }] };
    const node = await nodes.open({ scopedToken: { keyService } });
    const iat = Math.floor(nodes.clock.now().getTime() / 1000);
    const key = deriveTokenKey({ root, kid, audience: 'countersign' });
    const claims = {
      jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
      sub: 'ada',
      aud: 'countersign',
      iat,
      exp: iat + 60,
      scp: {},
      sid: 's1',
    };
    const mint = (more: object = {}) => mintScopedToken({ key, kid, claims: { ...claims, ...more } });
    const verify = (token: string, carrier: 'h' | 'w' = 'h') =>
      node.core.scopedToken.verifier.verify(token, { carrier });
    const id = formatId('scopedToken', '01020304-0506-0708-090a-0b0c0d0e0f10');
    const known = { id, subjectId: 'ada', sessionId: 's1' };
    const cnf = { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' };
    for (const [reason, token] of [
      ['expired', mint({ iat: iat - 60, exp: iat - 1 })],
      ['expired', attenuateScopedToken(mint(), { exp: iat })],
      ['not_yet_valid', mint({ nbf: iat + 61, exp: iat + 90 })],
      ['wrong_audience', mint({ aud: 'shop.example' })],
      ['wrong_carrier', mint({ car: 'w' })],
      ['client_key_unproven', mint({ cnf })],
    ] as const)
      expect(await verify(token), reason).toEqual({ ok: false, reason, known });
    const good = mint();
    const accepted = await verify(good);
    if (!accepted.ok) throw new Error(accepted.reason);
    await node.core.scopedToken.revoke(node.service, { subjectId: 'ada' });
    expect(await verify(good)).toEqual({ ok: false, reason: 'revoked', known });
    expect(await node.core.scopedToken.verifier.recheck(accepted)).toEqual({
      ok: false,
      reason: 'revoked',
      known,
    });
    using _ = pauseReads(node);
    nodes.clock.advance(11);
    const fresh = mint({ iat: iat + 11, epo: 1 });
    expect(await verify(fresh)).toEqual({ ok: false, reason: 'revocations_unknown', known });
  });

  it('is told once a minute for a token and reason; the next one says how many it stands for', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { reject } = node.core.scopedToken;
    const [one, other] = [await issue(node), await issue(node)];
    for (let turn = 0; turn < 1000; turn += 1) reject(one.known, { reason: 'expired' });
    reject(one.known, { reason: 'out_of_scope' });
    reject(other.known, { reason: 'expired' });
    nodes.clock.advance(59.999);
    reject(one.known, { reason: 'expired' });
    nodes.clock.advance(0.001);
    reject(one.known, { reason: 'expired' });
    await until(async () => (await written(nodes)) === 4);
    const items = await told(nodes, node);
    expect(items.map(({ about, data }) => [about.id, data])).toEqual(
      [
        [one.known.id, 'expired', 1],
        [one.known.id, 'out_of_scope', 1],
        [other.known.id, 'expired', 1],
        [one.known.id, 'expired', 1001],
      ].map(([id, reason, times]) => [id, { reason, type: null, path: null, times }]),
    );
    expect(items.filter(({ about }) => about.id === one.known.id).map(({ sequence }) => sequence)).toEqual([
      2, 3, 4,
    ]);
  });

  it('is told of 600 tokens a minute, however many there are; the rest is a line of the operator’s log', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { core } = node;
    const { known } = await issue(node);
    for (let turn = 0; turn < 10_000; turn += 1)
      core.scopedToken.reject(known, { reason: `reason_${turn % 3000}` });
    await until(async () => (await written(nodes)) === rejectionsPerMinuteMax);
    nodes.clock.advance(60);
    core.scopedToken.reject(known, { reason: 'later' });
    await until(async () => (await written(nodes)) === rejectionsPerMinuteMax + 1);
    // Of the 600 reasons that were told, 1,800 refusals more wait for the next event; of the others nothing is kept.
    const [line] = nodes.log.filter((text) => text.startsWith('refusals of scoped tokens were not written'));
    expect(line).toContain(`"times":${10_000 - Math.ceil(10_000 / 3000) * 600}`);
  });

  it('shows of what was asked 200 printable characters, no query, and nothing that could be a token', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { text, known } = await issue(node);
    const paths = {
      plain: ['/api/v1/foo', '/api/v1/foo'],
      long: [`/${'a'.repeat(5000)}`, `/${'a'.repeat(199)}`],
      query: ['/api?token=secret', '/api'],
      token: [`/api/${text}`, null],
      control: ['/a\n{"level":"error"}', null],
      unicode: ['/caf\u00e9', null],
      zero: ['/a\u0000', null],
      empty: ['', null],
    } as const;
    for (const [reason, [path]] of Object.entries(paths))
      node.core.scopedToken.reject(known, { reason, path, type: 'GET\u0000' });
    const expected = Object.entries(paths);
    await until(async () => (await written(nodes)) === expected.length);
    const items = await told(nodes, node);
    expect(items.map(({ data }) => data)).toEqual(
      expected.map(([reason, [, path]]) => ({ reason, path, type: null, times: 1 })),
    );
  });

  it('is waited for by nobody, fails nobody, and is written before the process has closed', async () => {
    await using nodes = await openNodes();
    const [node, witness] = [await nodes.open(), await nodes.open()];
    const { known } = await issue(node);
    const client = await nodes.database.sql.connect();
    await client.query('BEGIN');
    await client.query('LOCK TABLE countersign.scoped_token IN ACCESS EXCLUSIVE MODE');
    const startedAt = performance.now();
    expect(node.core.scopedToken.reject(known, { reason: 'expired' })).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(50);
    const closing = node.core.close();
    await client.query('ROLLBACK');
    client.release();
    await closing;
    expect(await told(nodes, witness)).toHaveLength(1);
    node.core.scopedToken.reject(known, { reason: 'after the end' });
    await nodes.database.sql.query('ALTER TABLE countersign.scoped_token RENAME TO away');
    witness.core.scopedToken.reject(known, { reason: 'expired' });
    await until(() => nodes.log.some((line) => line.startsWith('the refusal of a scoped token could not')));
    await nodes.database.sql.query('ALTER TABLE countersign.away RENAME TO scoped_token');
    witness.core.scopedToken.reject(known, { reason: 'revoked' });
    await until(async () => (await written(nodes)) === 2);
  });

  it('of a token that was not issued here, or is another’s, is no event: no log tells its life', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { known } = await issue(node);
    const unknown = formatId('scopedToken', '0198f000-0000-7000-8000-000000000001');
    node.core.scopedToken.reject({ ...known, id: unknown }, { reason: 'expired' });
    node.core.scopedToken.reject({ ...known, subjectId: 'bob' }, { reason: 'expired' });
    await until(() => nodes.log.filter((line) => line.includes('not issued here')).length === 2);
    expect(await written(nodes)).toBe(0);
  });
});

describe('the refusal of what is forged or is no token', () => {
  it('is a line of the operator’s log a minute and nothing else, a thousand times', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { text, known } = await issue(node);
    nodes.clock.advance(3600); // It would be expired as well: that is not looked at.
    const body = text.slice(0, -49);
    const tag = text.slice(-49, -6);
    const otherTag = (tag.startsWith('A') ? 'B' : 'A') + tag.slice(1);
    const forged = withChecksum(`${body}${otherTag}`);
    for (let turn = 0; turn < 250; turn += 1) {
      expect(await present(node, forged)).toBe('bad_signature');
      expect(await present(node, `${text.slice(0, -1)}!`)).toBe('bad_checksum');
      expect(await present(node, text.replace(/^cst1\.[a-z0-9]+/, 'cst1.nokey'))).toBe('unknown_key');
      expect(await present(node, 'x'.repeat(5000))).toBe('malformed');
    }
    const lines = nodes.log.filter((line) => line.startsWith('a scoped token was refused'));
    const line = (reason: string, times: number) =>
      `a scoped token was refused ${JSON.stringify({ reason, times })} `;
    const reasons = ['bad_signature', 'bad_checksum', 'unknown_key', 'malformed'];
    expect(lines).toEqual(reasons.map((reason) => line(reason, 1)));
    nodes.clock.advance(60);
    expect(await present(node, forged)).toBe('bad_signature');
    await node.core.close();
    const later = nodes.log.filter((text_) => text_.startsWith('a scoped token was refused')).slice(4);
    expect(later).toEqual([
      line('bad_signature', 250),
      ...['bad_checksum', 'unknown_key', 'malformed'].map((reason) => line(reason, 249)),
    ]);
    expect(await written(nodes)).toBe(0);
    expect(nodes.log.join('')).not.toContain(known.id);
  });

  it('writes a bounded number of lines a minute, whatever the reasons are, and counts the rest', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    for (let turn = 0; turn < 5000; turn += 1)
      node.core.scopedToken.reject(null, { reason: `reason_${turn}` });
    expect(nodes.log).toHaveLength(32);
    nodes.clock.advance(60);
    node.core.scopedToken.reject(null, { reason: 'reason_0' });
    expect(nodes.log.slice(32).join('')).toContain(`"times":${5000 - 32}`);
  });

  it('is nobody’s failure when the operator’s log fails', async () => {
    await using nodes = await openNodes();
    const fail = () => {
      throw new Error('the disk is full');
    };
    const node = await nodes.open({ logger: { debug: fail, info: fail, warn: fail, error: fail } });
    const { reject } = node.core.scopedToken;
    for (let turn = 0; turn < 100; turn += 1) reject(null, { reason: `reason_${turn}` });
    nodes.clock.advance(60);
    expect(reject(null, { reason: 'reason_0' })).toBeUndefined();
    await expect(node.core.close()).resolves.toBeUndefined();
  });

  it('says nothing of a token whose claims it quotes: its verdict knows nobody', async () => {
    await using nodes = await openNodes();
    const node = await nodes.open();
    const { text } = await issue(node);
    const forged = withChecksum(`${text.slice(0, -49)}${'A'.repeat(43)}`);
    expect(await node.core.scopedToken.verifier.verify(forged, { carrier: 'h' })).toEqual({
      ok: false,
      reason: 'bad_signature',
    });
  });
});
