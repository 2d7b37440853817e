import pg from 'pg';
import { expect, it } from 'vitest';
import { openTestCore } from '../../../testing/index.ts';
import { createTransfer, rightProof, transferData } from '../../fixtures.ts';
import { accept, present } from './present.ts';

interface Sent {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

const inBackground =
  /countersign_(log_new|method_configuration\w*|token_key_read|token_revocation_(place|new|all))$/;

async function sentBy(run: () => Promise<unknown>, isWanted: (name: string) => boolean): Promise<Sent[]> {
  const sent: Sent[] = [];
  const query: unknown = Reflect.get(pg.Client.prototype, 'query');
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    const config = (typeof input[0] === 'string' ? { text: input[0] } : input[0]) as Sent;
    if (isWanted(config.name ?? '')) sent.push(config);
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
  try {
    await run();
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query);
  }
  return sent;
}

it('round trips are issue 2, narrow 1, pay 1, introspect 1, list 1, revoke 2 by id and 1 by session or subject, verify none', async () => {
  await using test = await openTestCore();
  const { core, service } = test;
  const api = core.scopedToken;
  await api.ready();
  const cost = async (run: () => Promise<unknown>) =>
    (await sentBy(run, (name) => !inBackground.test(name))).length;
  let issued = { id: '', token: '' as string | null };
  expect(
    await cost(async () => (issued = await api.issue(service, { subjectId: 'ada', preset: 'subject' }))),
  ).toBe(2);
  const token = issued.token ?? '';
  expect(await cost(() => api.verifier.verify(token, { carrier: 'h' }))).toBe(0);
  const context = await present(test, token);
  expect(await cost(() => api.issue(context, { delegateId: 'phone' }))).toBe(1);
  const { id } = await createTransfer(test);
  await core.authorizationRequest.grant(service, { id, proof: rightProof(test) });
  const paying = await api.issue(context, { authorizationRequestId: id });
  const accepted = await accept(test, paying.token ?? '');
  const call = { slug: 'transfer', data: transferData };
  expect(await cost(() => api.pay(context, accepted, call))).toBe(1);
  expect(await cost(() => api.introspect(service, { token }))).toBe(1);
  expect(await cost(() => api.list(service, { subjectId: 'ada' }))).toBe(1);
  expect(await cost(() => api.revoke(service, { id: issued.id }))).toBe(2);
  expect(await cost(() => api.revoke(service, { sessionId: 's1' }))).toBe(1);
  expect(await cost(() => api.revoke(service, { subjectId: 'ada' }))).toBe(1);
});

it('plans read no table of tokens or revocations from end to end, in the background neither', async () => {
  await using test = await openTestCore();
  await test.database.sql.query(`
    INSERT INTO countersign.scoped_token (id, subject_id, session_id, kid, issued_by, issued_at, expires_at)
    SELECT gen_random_uuid(), 'subject-' || n % 500, 'session-' || n % 900, 'k', 'service', now(), now() FROM generate_series(1, 20000) AS n;
    INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by, txid)
    SELECT gen_random_uuid(), 'jti', n::text, now() - interval '1 day', now(), 'service', '3' FROM generate_series(1, 20000) AS n;
    INSERT INTO countersign.subject_security (subject_id) SELECT 'subject-' || n FROM generate_series(1, 20000) AS n;
    ANALYZE;`);
  const { core, service } = test;
  const api = core.scopedToken;
  const sent = await sentBy(
    async () => {
      const { id, token } = await api.issue(service, {
        subjectId: 'ada',
        preset: 'subject',
        sessionId: 's1',
      });
      const context = await present(test, token ?? '');
      await api.issue(context, { delegateId: 'phone' });
      api.reject(context.presented?.accepted ?? null, { reason: 'out_of_scope' });
      await api.introspect(service, { token: token ?? '' });
      await api.list(service, {});
      await api.list(service, { subjectId: 'ada' });
      await api.revoke(service, { id, delegateId: 'bookkeeper' });
      await api.revoke(service, { id });
      await api.revoke(service, { sessionId: 's1' });
      await api.revoke(service, { subjectId: 'ada' });
    },
    (name) => /countersign_(scoped_token|token_revocation)_/.test(name),
  );
  const names = new Set(sent.map(({ name = '' }) => name.replace('countersign_', '')));
  expect([...names].sort()).toEqual([
    'scoped_token_epoch',
    'scoped_token_exists',
    'scoped_token_insert',
    'scoped_token_list',
    'scoped_token_list_subject',
    'scoped_token_narrow',
    'scoped_token_reject',
    'scoped_token_revoke',
    'scoped_token_revoke_delegate',
    'scoped_token_revoke_session',
    'scoped_token_revoke_subject',
    'token_revocation_all',
    'token_revocation_find',
    'token_revocation_new',
    'token_revocation_place',
  ]);
  const plans: { readonly name: string | undefined; readonly plan: string }[] = [];
  const client = await test.database.sql.connect();
  await client.query("SET plan_cache_mode = 'force_generic_plan'");
  for (const [index, { name, text, values = [] }] of sent.entries()) {
    await client.query(`PREPARE plan_${index} AS ${text}`);
    const literals = values.map((value) => (value === null ? 'NULL' : client.escapeLiteral(toText(value))));
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN EXECUTE plan_${index}${literals.length > 0 ? `(${literals.join(', ')})` : ''}`,
    );
    plans.push({ name, plan: rows.map((row) => row['QUERY PLAN']).join('\n') });
  }
  client.release();
  for (const { name, plan } of plans)
    expect(plan, name).not.toMatch(/Seq Scan on (scoped_token|token_revocation|subject_security|event)/);
});

function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  return Array.isArray(value) ? `{${value.join(',')}}` : String(value);
}
