import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineOperation, otp } from '../src/index.ts';
import { openTestCore, type TestCore } from '../testing/index.ts';
import { createTransfer, rightProof, transferData, wrongProof } from './fixtures.ts';

/** What a process asks again and again, whoever calls: the log, and what operators have configured. */
function isBackground(name: string | undefined): boolean {
  return name === 'countersign_log_new' || name === 'countersign_method_configuration_read';
}

/** Everything that one call sends to PostgreSQL, statement by statement. */
async function statementsOf(run: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const query: unknown = Reflect.get(pg.Client.prototype, 'query');
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    const [first] = input;
    const config = typeof first === 'string' ? { text: first } : (first as { name?: string; text: string });
    if (!isBackground(config.name)) sent.push(config.name ?? config.text);
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
  try {
    await run();
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query);
  }
  return sent;
}

describe('round trips to PostgreSQL', () => {
  it('are create 1, resend 2, check 2, grant 2, consume 1, get 1, list 1, deny 1, cancel 1, events 1, stream 1', async () => {
    await using test = await openTestCore();
    const api = test.core.authorizationRequest;
    let id = '';
    const cost = async (run: () => Promise<unknown>) => (await statementsOf(run)).length;
    await createTransfer(test, { subjectId: 'warm' });
    expect(await cost(async () => (id = (await createTransfer(test)).id))).toBe(1);
    expect(await cost(() => api.get(test.service, { id }))).toBe(1);
    expect(await cost(() => api.list(test.service, { subjectId: 'ada' }))).toBe(1);
    expect(await cost(() => api.check(test.service, { id, proof: wrongProof(test) }))).toBe(2);
    expect(await cost(() => api.check(test.service, { id, proof: rightProof(test) }))).toBe(2);
    test.clock.advance(60);
    expect(await cost(() => api.challenge(test.service, { id }))).toBe(2);
    expect(await cost(() => api.grant(test.service, { id, proof: wrongProof(test) }))).toBe(2);
    expect(await cost(() => api.grant(test.service, { id, proof: rightProof(test) }))).toBe(2);
    expect(
      await cost(() =>
        api.consume(test.service, { id, slug: 'transfer', subjectId: 'ada', data: transferData }),
      ),
    ).toBe(1);
    const second = await createTransfer(test, { data: 2 });
    expect(await cost(() => api.deny(test.service, { id: second.id }))).toBe(1);
    const third = await createTransfer(test, { data: 3 });
    expect(await cost(() => api.cancel(test.service, { id: third.id }))).toBe(1);
    expect(await cost(() => test.core.event.list(test.service, {}))).toBe(1);
    expect(await cost(() => test.core.event.stream(test.service, {}))).toBe(1);
    expect(await cost(() => test.core.event.stream(test.service, { from: 'start' }))).toBe(0);
  });

  it('of a guarded call are 1 with a grant; without one 2 more to say which request waits, 3 to make it', async () => {
    let code = '';
    const mail = otp({
      send: async (message) => void ({ code } = message),
      resolve: () => ({ channel: 'email', address: 'ada@example.org' }),
    });
    await using test = await openTestCore({ methods: [mail] });
    const { guard, authorizationRequest: api } = test.core;
    const ada = test.subject('ada', 'session');
    const operation = defineOperation({ slug: 'transfer', data: z.unknown(), title: 'Transfer money' });
    const call = guard.call(ada, { operation, data: transferData });
    const cost = async (run: () => Promise<unknown>) => (await statementsOf(run)).length;
    const attempt = async () => (await guard.take(ada, call)) ?? (await guard.refusal(ada, call));
    await guard.refusal(ada, guard.call(ada, { operation, data: 'warm' }));
    expect(await cost(attempt)).toBe(1 + 3);
    expect(await cost(attempt)).toBe(1 + 2);
    const { items } = await api.list(ada, {});
    await api.grant(ada, { id: items[0]?.id ?? '', proof: { method: 'otp', code } });
    expect(await cost(() => guard.take(ada, call))).toBe(1);
  });

  it('of a cycle are four durable commits, each one prepared statement', async () => {
    await using test = await openTestCore();
    const statements = await statementsOf(async () => {
      const { id } = await createTransfer(test);
      await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
      await test.core.authorizationRequest.consume(test.service, {
        id,
        slug: 'transfer',
        subjectId: 'ada',
        data: transferData,
      });
    });
    expect(statements).toEqual([
      'countersign_request_insert',
      'countersign_request_reserve',
      'countersign_request_grant',
      'countersign_request_consume',
    ]);
  });

  it('are none at all for input that is refused', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const api = test.core.authorizationRequest;
    const refused = await statementsOf(() =>
      Promise.allSettled([
        createTransfer(test, { title: '' }),
        createTransfer(test, { data: { n: Number.NaN } }),
        createTransfer(test, { methods: ['none'] }),
        api.get(test.service, { id: 'areq_no' }),
        api.grant(test.service, { id, proof: { method: 'otp', code: '123' } }),
        api.grant(test.service, { id, proof: { method: 'none' } }),
        api.check(test.core.context({ kind: 'operator' }), { id, proof: rightProof(test) }),
        test.core.event.list(test.service, { after: 'evt_no' }),
      ]),
    );
    expect(refused).toEqual([]);
  });
});

describe('plans', () => {
  it('of the hot statements, the lists and the log read no table from end to end', async () => {
    await using test = await openTestCore();
    await fill(test);
    const { id } = await createTransfer(test);
    const plans = await plansOf(test, async () => {
      const api = test.core.authorizationRequest;
      await api.get(test.service, { id });
      await api.list(test.service, { subjectId: 'ada' });
      await api.list(test.service, {});
      await api.list(test.service, { relatedObject: { type: 'account', id: '1' } });
      await api.check(test.service, { id, proof: wrongProof(test) });
      test.clock.advance(60);
      await api.challenge(test.service, { id });
      await api.grant(test.service, { id, proof: rightProof(test) });
      await api.consume(test.service, { id, slug: 'transfer', subjectId: 'ada', data: transferData });
      const ada = test.subject('ada', 'session');
      const operation = defineOperation({ slug: 'transfer', data: z.unknown(), title: 'Transfer money' });
      const guarded = test.core.guard.call(ada, { operation, data: transferData });
      await test.core.guard.take(ada, guarded);
      await test.core.guard.refusal(ada, guarded).catch(() => undefined);
      await test.core.event.list(test.service, {});
      await test.core.event.list(test.subject('ada'), {});
      await test.core.event.list(test.service, { requestId: id });
      const watch = await api.watch(test.service, { id });
      for await (const event of watch) expect(event.type).toBe('authorization_request.snapshot');
    });
    expect(plans).toHaveLength(17);
    for (const { statement, plan } of plans) {
      // The one row of `installation` is no table to speak of.
      expect(plan.replaceAll('Seq Scan on installation', ''), statement).not.toMatch(/Seq Scan/);
      expect(plan, statement).not.toMatch(/Sort {2}.*\n.*(event|authorization_request)/);
    }
  });
});

/** As many finished requests as make a scan of the table the worse plan, with their events. */
async function fill(test: TestCore): Promise<void> {
  await createTransfer(test, { subjectId: 'template', relatedObjects: [{ type: 'account', id: '0' }] });
  await test.database.sql.query(`
    INSERT INTO countersign.authorization_request (id, slug, subject_id, title, facts, data, data_hash, display_hash, related_objects, methods,
      required_binding, state, decided_at, sequence, attempts_max, attempts_left, sends_left, execute_within_seconds, created_at, expires_at)
    SELECT gen_random_uuid(), slug, 'subject-' || n % 500, title, facts, data, data_hash, display_hash, related_objects, methods, required_binding,
      'cancelled', created_at, 2, 5, 5, 3, 300, created_at - interval '1 day', expires_at - interval '1 day'
    FROM countersign.authorization_request, generate_series(1, 20000) AS n;
    INSERT INTO countersign.event SELECT 1, '3', n, gen_random_uuid(), 'authorization_request.cancelled', now(), 'subject-' || n % 500, NULL, 'transfer',
      'authorization_request', gen_random_uuid(), '{}', NULL FROM generate_series(1, 40000) AS n;
    INSERT INTO countersign.challenge SELECT gen_random_uuid(), gen_random_uuid(), 1, 'otp', NULL, NULL, NULL, NULL, NULL, now(), now() FROM generate_series(1, 20000);
    INSERT INTO countersign.subject_security (subject_id) SELECT 'subject-' || n FROM generate_series(1, 20000) AS n;
    INSERT INTO countersign.factor (id, subject_id, method, method_id, title, status, is_active, is_default, binding, sequence, created_at)
    SELECT gen_random_uuid(), 'subject-' || n % 5000, 'totp', gen_random_uuid(), '', 'new', true, false, 'none', 1, now() FROM generate_series(1, 20000) AS n;
    INSERT INTO countersign.recipient_security SELECT sha256(n::text::bytea), '{}' FROM generate_series(1, 20000) AS n;
    ANALYZE;`);
}

async function plansOf(
  test: TestCore,
  run: () => Promise<unknown>,
): Promise<{ statement: string; plan: string }[]> {
  const asked: { text: string; values: unknown[] }[] = [];
  const query: unknown = Reflect.get(pg.Client.prototype, 'query');
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...input: unknown[]): unknown {
    const config = input[0] as { name?: string; text: string; values: unknown[] };
    if (!isBackground(config.name) && !asked.some(({ text }) => text === config.text)) asked.push(config);
    return Reflect.apply(query as (...all: unknown[]) => unknown, this, input);
  });
  try {
    await run();
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query);
  }
  const client = await test.database.sql.connect();
  await client.query("SET plan_cache_mode = 'force_generic_plan'");
  const plans = [];
  for (const [index, { text, values }] of asked.entries()) {
    await client.query('BEGIN');
    await client.query(`PREPARE plan_${index} AS ${text}`);
    const literals = values.map((value) =>
      value === null ? 'NULL' : client.escapeLiteral(pg.types ? toText(value) : ''),
    );
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN EXECUTE plan_${index}${literals.length > 0 ? `(${literals.join(', ')})` : ''}`,
    );
    await client.query('ROLLBACK');
    plans.push({ statement: text, plan: rows.map((row) => row['QUERY PLAN']).join('\n') });
  }
  client.release();
  return plans;
}

function toText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return `{${value.join(',')}}`;
  return String(value);
}
