import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archive } from '../../src/maintenance/archive.ts';
import { forget } from '../../src/maintenance/forget.ts';
import { defaultRetention } from '../../src/maintenance/retention.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer, rightProof } from '../fixtures.ts';

/** What is asked again and again by itself, and what only reads how it is asked. */
const others = /^countersign_(log_new|method_configuration_read)$|^(BEGIN|COMMIT|ROLLBACK)/;

let test: TestCore;
/** By the name of the statement, with that many finished requests. */
let few: ReadonlyMap<string, string>;
let many: ReadonlyMap<string, string>;
beforeAll(async () => {
  test = await openTestCore();
  await createTransfer(test, { subjectId: 'template' });
  few = await planAt(10_000);
  many = await planAt(100_000);
}, 120_000);
afterAll(() => test[Symbol.asyncDispose]());

async function planAt(size: number): Promise<ReadonlyMap<string, string>> {
  await fill(size);
  const { event, authorizationRequest: api } = test.core;
  const { id } = await createTransfer(test, { data: size });
  return await plansOf(async () => {
    await event.list(test.service, {});
    await event.list(test.service, { subjectId: 'subject-7' });
    await event.list(test.service, { requestId: id });
    await api.list(test.service, { subjectId: 'subject-7' });
    for await (const _ of await api.watch(test.service, { id })) break;
    await api.grant(test.service, { id, proof: rightProof(test) });
    await sweep(test.service);
    await archive(test.service, { archiveAfterDays: 30 });
    await forget(test.service, { ...defaultRetention, requestDays: 3000 });
  });
}

/** Finished requests of the last year with their challenges, proofs, events, and everything else that only grows. */
async function fill(size: number): Promise<void> {
  const { rows } = await test.database.sql.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM countersign.authorization_request',
  );
  const missing = size - (rows[0]?.count ?? 0);
  const age = `n * interval '1 year' / ${size}`;
  const ids = `('00000000-0000-4000-8000-' || lpad(to_hex(n + ${size}), 12, '0'))::uuid`;
  await test.database.sql.query(`
    INSERT INTO countersign.authorization_request (id, slug, subject_id, title, facts, data, data_hash, display_hash, related_objects, methods,
      required_binding, state, decided_at, sequence, attempts_max, attempts_left, sends_left, execute_within_seconds, created_at, expires_at)
    SELECT ${ids}, slug, 'subject-' || n % 5000, title, '[]', '{}', data_hash, display_hash, related_objects, methods, required_binding,
      'cancelled', created_at - ${age}, 2, 5, 5, 3, 300, created_at - ${age}, expires_at - ${age}
    FROM countersign.authorization_request, generate_series(1, ${missing}) AS n WHERE subject_id = 'template';
    INSERT INTO countersign.event SELECT 1, '3', n, gen_random_uuid(), 'authorization_request.cancelled', now() - ${age}, 'subject-' || n % 5000,
      NULL, 'transfer', 'authorization_request', ${ids}, '{}', NULL FROM generate_series(1, ${missing}) AS n;
    INSERT INTO countersign.challenge SELECT ${ids}, gen_random_uuid(), 1, 'otp', NULL, NULL, NULL, NULL, NULL, now() - ${age}, now() - ${age}
    FROM generate_series(1, ${missing}) AS n;
    INSERT INTO countersign.proof SELECT ${ids}, gen_random_uuid(), 'subject-' || n % 5000, 'otp', NULL, 'server', '', '', now() - ${age}
    FROM generate_series(1, ${missing}) AS n;
    INSERT INTO countersign.confirmation (id, budget_key, method, method_id, data_hash, display_hash, title, state, sequence, attempts_max,
      attempts_left, created_at, expires_at)
    SELECT gen_random_uuid(), 'subject-' || n % 5000, 'otp', gen_random_uuid(), '', '', '', 'expired', 2, 5, 5, now() - ${age}, now() - ${age}
    FROM generate_series(1, ${missing / 10}) AS n;
    INSERT INTO countersign.scoped_token (id, subject_id, kid, issued_by, issued_at, expires_at)
    SELECT gen_random_uuid(), 'subject-' || n % 5000, 'a', 'service', now() - ${age}, now() - ${age} FROM generate_series(1, ${missing / 10}) AS n;
    INSERT INTO countersign.factor (id, subject_id, method, method_id, title, status, is_active, is_default, binding, sequence, created_at)
    SELECT gen_random_uuid(), 'subject-' || n % 5000, 'totp', gen_random_uuid(), '', 'new', true, false, 'none', 1, now()
    FROM generate_series(1, ${missing / 10}) AS n;
    INSERT INTO countersign.factor_mark SELECT gen_random_uuid(), n::text, now() - ${age} FROM generate_series(1, ${missing / 10}) AS n;
    INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by)
    SELECT gen_random_uuid(), 'jti', n::text, now() - ${age}, now() - ${age}, 'service' FROM generate_series(1, ${missing / 10}) AS n;
    INSERT INTO countersign.idempotency_key (scope, input, key_id, outcome, expires_at)
    SELECT sha256((n + ${size})::text::bytea), '', '', '{}', now() + ${age} FROM generate_series(1, ${missing}) AS n;
    INSERT INTO countersign.webhook_delivery (id, endpoint_id, activation, event, type, about_id, sequence, is_replay, state, next_at, created_at, finished_at)
    SELECT gen_random_uuid(), ${ids}, 1, '', '', ${ids}, 1, false, 'delivered', now() - ${age}, now() - ${age}, now() - ${age}
    FROM generate_series(1, ${missing}) AS n;
    INSERT INTO countersign.subject_security (subject_id) SELECT 'subject-' || n % 5000 FROM generate_series(1, ${missing}) AS n ON CONFLICT DO NOTHING;
    INSERT INTO countersign.recipient_security SELECT sha256((n % 5000)::text::bytea), ARRAY[now()]
    FROM generate_series(1, ${missing}) AS n ON CONFLICT DO NOTHING;
    ANALYZE;`);
}

async function plansOf(run: () => Promise<unknown>): Promise<ReadonlyMap<string, string>> {
  const asked = new Map<string, pg.QueryConfig>();
  const query: unknown = Reflect.get(pg.Client.prototype, 'query');
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    const config = typeof input[0] === 'string' ? { text: input[0] } : (input[0] as pg.QueryConfig);
    const name = config.name ?? config.text;
    if (!others.test(name)) asked.set(name, config);
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
  try {
    await run();
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query);
  }
  const client = await test.database.sql.connect();
  await client.query("SET plan_cache_mode = 'force_generic_plan'");
  const plans = new Map<string, string>();
  for (const [name, { text }] of asked) {
    if (/LOCK TABLE|^EXPLAIN/.test(text)) continue;
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (GENERIC_PLAN, COSTS OFF) ${text}`,
    );
    plans.set(name, rows.map((row) => row['QUERY PLAN']).join('\n'));
  }
  client.release();
  return plans;
}

/** Small whatever is stored. */
const smallTables =
  /Seq Scan on (installation|migration|token_key|subscriber|method_configuration|webhook_endpoint)\b/g;

/** What runs for every caller and every reader, and what the sweep asks each second. */
const hot = /^countersign_(log_|request_(snapshot|news|reserve|grant|expire)|confirmation_expire|archive_)/;

describe('with 100,000 finished requests as with 10,000:', () => {
  it('the log, a watch, a decision, the sweep and the way to the archive have the same plans', () => {
    const of = (plans: ReadonlyMap<string, string>) => [...plans].filter(([name]) => hot.test(name));
    expect(of(many).map(([name]) => name)).toHaveLength(10);
    expect(of(many)).toEqual(of(few));
  });

  it('nothing that is asked, swept, archived or deleted reads a table from end to end', () => {
    expect(many.size).toBeGreaterThan(20);
    for (const [name, plan] of many) expect(plan.replaceAll(smallTables, ''), name).not.toMatch(/Seq Scan/);
  });
});
