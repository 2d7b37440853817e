import { expect, it } from 'vitest';
import { createKeys } from '../../../src/keys.ts';
import { attenuateScopedToken, deriveTokenKey } from '../../../src/scoped-token/index.ts';
import { unwrapRoot } from '../../../src/scoped-token/key/wrap.ts';
import { present } from './present.ts';
import { openNodes, pauseReads, type Nodes } from './two-nodes.ts';

/** Every row of every table of ours, as text. */
async function everything({ database }: Nodes): Promise<string> {
  const { rows: tables } = await database.sql.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'countersign'",
  );
  const dumps = await Promise.all(
    tables.map(({ name }) => database.sql.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`)),
  );
  return dumps.flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n');
}

/** More than a block has room for, and nothing but what the preset `subject` covers. */
const manyGrants = { rpc: { q: Array.from({ length: 64 }, () => 'authorizationRequest.list') } };

/** The ways in which bytes could lie in a text. */
const spellings = (bytes: Uint8Array): string[] =>
  (['hex', 'base64', 'base64url', 'latin1'] as const).map((encoding) =>
    Buffer.from(bytes).toString(encoding),
  );

it('no token and no key lies in a table, a log or an error, through a life with every operation and failure', async () => {
  await using nodes = await openNodes();
  const node = await nodes.open();
  const { core, service } = node;
  const api = core.scopedToken;
  const failures: string[] = [];
  const failing = async (run: () => Promise<unknown>): Promise<void> => {
    await run().catch((error: unknown) => {
      const { message, stack = '', cause } = error as Error;
      failures.push(message, stack, JSON.stringify(error), String((cause as Error | undefined)?.stack));
    });
  };
  const tokens: string[] = [];
  const roots: Uint8Array[] = [];
  const collectRoots = async () => {
    const { rows } = await nodes.database.sql.query<{
      kid: string;
      wrapped_root: Buffer | null;
      secret_key_id: string;
    }>('SELECT kid, wrapped_root, secret_key_id FROM countersign.token_key');
    for (const { kid, wrapped_root: wrapped, secret_key_id: secretKeyId } of rows) {
      if (wrapped === null) continue;
      const root = unwrapRoot(createKeys(nodes.secret), kid, { wrapped, secretKeyId });
      if (root === null) throw new Error('unreadable');
      roots.push(root, deriveTokenKey({ root, kid, audience: 'countersign' }).export());
    }
  };
  const issue = async (more = {}) => {
    const { token, id } = await api.issue(service, {
      subjectId: 'ada',
      preset: 'subject',
      sessionId: 's1',
      ...more,
    });
    const narrowed = attenuateScopedToken(token ?? '', { cid: 'bookkeeper' });
    tokens.push(token ?? '', narrowed);
    return { token: token ?? '', id, narrowed };
  };
  const first = await issue({ idempotencyKey: 'k', context: { from: 'test' } });
  await collectRoots();
  await api.introspect(service, { token: first.token, idempotencyKey: 'i' });
  await api.verifier.verify(first.narrowed, { carrier: 'h' });
  await api.verifier.verify(`${first.token.slice(0, -1)}x`, { carrier: 'h' });
  const presented = await present(node, first.token);
  for (const more of [{}, { idempotencyKey: 'n' }]) {
    const { token } = await api.issue(presented, {
      delegateId: 'assistant',
      recipient: 'assistant',
      ...more,
    });
    tokens.push(token ?? '');
  }
  await failing(() => api.issue(presented, { scope: { rpc: { q: ['**'] } } }));
  await failing(() => api.issue(presented, { recipient: 'x'.repeat(120), scope: manyGrants }));
  await failing(() => api.issue(presented, { subjectId: first.token }));
  api.reject(presented.presented?.accepted ?? null, { reason: 'out_of_scope', path: `/api/${first.token}` });
  api.reject(null, { reason: 'malformed', path: `/api/${first.token}` });
  await api.revoke(service, { id: first.id, delegateId: 'bookkeeper' });
  await api.revoke(service, { id: first.id });
  nodes.clock.advance(15);
  await api.rotateKeys(service);
  await collectRoots();
  const second = await issue();
  await api.revokeKey(service, { kid: second.token.split('.')[1] ?? '' });
  await collectRoots();
  await failing(() => api.introspect(core.context({ kind: 'operator' }), { token: second.token }));
  await failing(() => api.introspect(service, { token: 'x'.repeat(9000) + second.token }));
  await failing(() => api.revoke(service, { id: second.token }));
  await nodes.database.sql.query('ALTER TABLE countersign.scoped_token RENAME TO away');
  await failing(() => issue());
  await nodes.database.sql.query('ALTER TABLE countersign.away RENAME TO scoped_token');
  {
    using _ = pauseReads(node);
    nodes.clock.advance(20);
    await api.verifier.verify(second.token, { carrier: 'h' });
  }
  await nodes.database.sql.query(
    "UPDATE countersign.token_key SET wrapped_root = sha256('other') WHERE state <> 'revoked'",
  );
  const foreign = await nodes.open();
  await failing(() =>
    foreign.core.scopedToken.issue(foreign.service, { subjectId: 'ada', preset: 'subject' }),
  );

  expect(failures).toHaveLength(8 * 4);
  expect(nodes.log.length).toBeGreaterThan(1);
  expect(roots.length).toBeGreaterThanOrEqual(8);
  const tables = await everything(nodes);
  expect(tables).toContain('bookkeeper'); // what does lie there is found
  for (const [where, text] of Object.entries({
    tables,
    log: nodes.log.join('\n'),
    errors: failures.join('\n'),
  })) {
    // The end alone would let a finder of it guess nothing, but nothing of it should be there at all.
    for (const token of tokens)
      for (const part of [token, token.slice(-49), token.slice(0, 80)])
        expect(text, where).not.toContain(part);
    for (const root of roots)
      for (const spelling of spellings(root)) expect(text, where).not.toContain(spelling);
  }
});
