import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { migrate, pendingMigrations } from '../src/database/migrate.ts';
import { openDatabase } from '../src/database/orm.ts';
import { entities } from '../src/entities.ts';
import { openCore, otp, silentLogger, type DatabaseOptions } from '../src/index.ts';
import { createOutbox, createTestDatabase, openTestCore } from '../testing/index.ts';
import { createTransfer, rightProof } from './fixtures.ts';

const secret = Buffer.alloc(32, 7).toString('base64');

describe('migrations', () => {
  it('run once though many processes start together on an empty database', async () => {
    await using test = await createTestDatabase();
    await test.sql.query('DROP SCHEMA countersign CASCADE');
    const databases = await Promise.all(
      Array.from({ length: 6 }, () => openDatabase(test.url, silentLogger)),
    );
    const applied = await Promise.all(databases.map((database) => migrate(database)));
    expect(applied.flat()).toEqual(await pendingBefore());
    await Promise.all(databases.map((database) => database.close()));
    const { rows } = await test.sql.query('SELECT count(*)::int AS n FROM countersign.installation');
    expect(rows).toEqual([{ n: 1 }]);

    async function pendingBefore() {
      const { rows: stored } = await test.sql.query<{ name: string }>(
        'SELECT name FROM countersign.migration ORDER BY id',
      );
      return stored.map(({ name }) => name);
    }
  });

  it('keep what waits, and what it counts for, when the schema of 0001 becomes that of today', async () => {
    await using test = await createTestDatabase();
    await test.sql.query('DROP SCHEMA countersign CASCADE');
    const database = await openDatabase(test.url, silentLogger);
    expect(await migrate(database, '0001-spine')).toEqual(['0001-spine']);
    const expiresAt = new Date('2030-01-01T00:05:00.123Z');
    await test.sql.query(
      `INSERT INTO countersign.authorization_request (id, slug, subject_id, title, facts, data, data_hash, display_hash, related_objects,
        methods, required_binding, sequence, attempts_max, attempts_left, sends_left, execute_within_seconds, created_at, expires_at)
       VALUES ('019a0000-0000-7000-8000-000000000001', 'transfer', 'ada', '', '[]', '{}', '', '', '[]', '{otp}', 'none', 1, 5, 3, 3, 300, $1, $1)`,
      [expiresAt],
    );
    await test.sql.query(
      `INSERT INTO countersign.subject_security (subject_id, waiting) VALUES ('ada', '{"019a0000-0000-7000-8000-000000000001": 1893456300123}'), ('bob', '{}')`,
    );
    expect(await migrate(database)).toEqual([
      '0002-lighter-guards',
      '0003-scoped-tokens',
      '0004-service-keys',
      '0005-tokens-by-request',
      '0006-bounded-revocations',
      '0007-factors',
      '0008-consume-function',
      '0009-subscribers',
      '0010-archive',
      '0011-webhooks',
    ]);
    await database.close();
    const { rows } = await test.sql.query(
      'SELECT subject_id, waiting_until FROM countersign.subject_security ORDER BY subject_id',
    );
    expect(rows).toEqual([
      { subject_id: 'ada', waiting_until: [expiresAt] },
      { subject_id: 'bob', waiting_until: [] },
    ]);
    const { rows: requests } = await test.sql.query(
      'SELECT attempts_max, attempts_left, state FROM countersign.authorization_request',
    );
    expect(requests).toEqual([{ attempts_max: 5, attempts_left: 3, state: 'waiting' }]);
  });

  it('that are missing end the start when it may not migrate, with the way out', async () => {
    await using test = await createTestDatabase();
    await test.sql.query('DROP SCHEMA countersign CASCADE');
    const open = openCore({
      database: test.url,
      secret,
      methods: [otp({ send: createOutbox().send })],
      migrate: false,
    });
    await expect(open).rejects.toMatchObject({
      reason: 'unavailable_dependency',
      cause: { message: expect.stringContaining('countersign migrate') as string },
    });
    const database = await openDatabase(test.url, silentLogger);
    expect(await pendingMigrations(database)).not.toEqual([]);
    await database.close();
  });

  it('leave nothing outside our schema', async () => {
    await using test = await createTestDatabase();
    const { rows } = await test.sql.query(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    );
    expect(rows).toEqual([]);
  });
});

it('knows in MikroORM exactly the columns that are there', async () => {
  await using test = await openTestCore();
  for (const entity of entities) {
    const meta = test.core.context({ kind: 'service' }).database.orm.getMetadata().get(entity);
    const { rows } = await test.database.sql.query<{ column_name: string }>(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = 'countersign' AND table_name = $1",
      [meta.tableName],
    );
    expect(meta.props.flatMap(({ fieldNames }) => fieldNames).toSorted()).toEqual(
      rows.map(({ column_name }) => column_name).toSorted(),
    );
  }
});

describe('guards below the code', () => {
  const attacks: [string, string, RegExp][] = [
    [
      'a decision does not change',
      "UPDATE countersign.authorization_request SET state = 'denied' WHERE state = 'granted'",
      /does not change/,
    ],
    [
      'a decided request does not wait again',
      "UPDATE countersign.authorization_request SET state = 'waiting', decided_at = NULL WHERE state = 'granted'",
      /does not change/,
    ],
    [
      'a consumption is not undone',
      'UPDATE countersign.authorization_request SET consumed_at = NULL WHERE consumed_at IS NOT NULL',
      /used once/,
    ],
    [
      'data does not change',
      "UPDATE countersign.authorization_request SET data = '{}'",
      /what an authorization request asks/,
    ],
    [
      'the data hash does not change',
      "UPDATE countersign.authorization_request SET data_hash = '\\x00'",
      /what an authorization request asks/,
    ],
    [
      'the subject does not change',
      "UPDATE countersign.authorization_request SET subject_id = 'eve'",
      /what an authorization request asks/,
    ],
    [
      'attempts do not go below zero',
      'UPDATE countersign.authorization_request SET attempts_left = -1',
      /attempts_check/,
    ],
    [
      'attempts do not exceed the maximum',
      'UPDATE countersign.authorization_request SET attempts_left = attempts_left + 1',
      /attempts_check/,
    ],
    [
      'a grant keeps its moment',
      "UPDATE countersign.authorization_request SET granted_at = NULL WHERE state = 'granted'",
      /does not change/,
    ],
    [
      'a decision keeps its moment',
      "UPDATE countersign.authorization_request SET decided_at = NULL WHERE state = 'granted'",
      /does not change/,
    ],
    [
      'the window to execute does not grow',
      "UPDATE countersign.authorization_request SET execute_before = execute_before + interval '1 year' WHERE state = 'granted'",
      /does not change/,
    ],
    [
      'the window to execute is not forgotten, to be opened anew',
      "UPDATE countersign.authorization_request SET execute_before = NULL WHERE state = 'granted'",
      /does not change/,
    ],
    [
      'what was denied gets no window to execute',
      "UPDATE countersign.authorization_request SET execute_before = now() + interval '1 year' WHERE state = 'denied'",
      /does not change/,
    ],
    [
      'what waits is not used',
      "UPDATE countersign.authorization_request SET execute_before = now() + interval '1 year', consumed_at = now() WHERE state = 'waiting'",
      /used once/,
    ],
    [
      'the binding of a grant does not change',
      "UPDATE countersign.authorization_request SET binding = 'cryptographic' WHERE state = 'granted'",
      /does not change/,
    ],
    [
      'codes do not go elsewhere',
      "UPDATE countersign.authorization_request SET deliver_to = '{}'",
      /what an authorization request asks/,
    ],
    [
      'attempts in judgement count',
      "UPDATE countersign.authorization_request SET attempts_left = 4, attempts_open = 2 WHERE state = 'waiting'",
      /never more attempts/,
    ],
    ['a request is kept', 'DELETE FROM countersign.authorization_request', /is kept/],
    ['a proof is kept', 'DELETE FROM countersign.proof', /is kept/],
    [
      'a grant has its proof’s binding and its window',
      "UPDATE countersign.authorization_request SET state = 'granted', decided_at = now() WHERE state = 'waiting'",
      /a binding and a window/,
    ],
    ['a proof does not change', "UPDATE countersign.proof SET method = 'other'", /a proof does not change/],
    [
      'a request has one proof',
      'INSERT INTO countersign.proof SELECT * FROM countersign.proof',
      /proof_pkey/,
    ],
    [
      'an event has one place in its history',
      'INSERT INTO countersign.event SELECT epoch, txid, sequence, gen_random_uuid(), type, occurred_at, subject_id, session_id, slug, about_kind, about_id, data, context FROM countersign.event',
      /event_once/,
    ],
  ];
  it('hold whatever the code above does', async () => {
    await using test = await openTestCore();
    const { id, data } = await createTransfer(test);
    await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
    await test.core.authorizationRequest.consume(test.service, {
      id,
      slug: 'transfer',
      subjectId: 'ada',
      data,
    });
    const denied = await createTransfer(test, { data: 'denied' });
    await test.core.authorizationRequest.deny(test.service, { id: denied.id });
    await createTransfer(test, { data: 'waiting' });
    for (const [what, sql, error] of attacks)
      await expect(test.database.sql.query(sql), what).rejects.toThrow(error);
  });
});

describe('a database that is away', () => {
  it('is unavailable_dependency at the start', async () => {
    const open = openCore({
      database: 'postgresql://nobody@127.0.0.1:1/none',
      secret,
      methods: [otp({ send: createOutbox().send })],
    });
    await expect(open).rejects.toMatchObject({ reason: 'unavailable_dependency' });
  });

  it('is unavailable_dependency in the middle, and works again when it is back', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const admin = new pg.Client({ connectionString: test.database.url });
    await admin.connect();
    await test.core.authorizationRequest.get(test.service, { id });
    await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'countersign'",
    );
    await admin.end();
    const answers = await Promise.allSettled(
      Array.from({ length: 5 }, () => test.core.authorizationRequest.get(test.service, { id })),
    );
    for (const answer of answers) {
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ reason: 'unavailable_dependency' });
    }
    expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({ id });
  });
});

it('reads times alike whatever way the database writes dates', async () => {
  await using test = await createTestDatabase();
  await test.sql.query(`ALTER DATABASE ${new URL(test.url).pathname.slice(1)} SET datestyle = 'German'`);
  await using german = await openTestCore({ database: test.url });
  const created = await createTransfer(german);
  expect(await german.core.authorizationRequest.get(german.service, { id: created.id })).toEqual(created);
  await german.core.authorizationRequest.deny(german.service, { id: created.id });
  const retryAt = new Date(german.clock.now().getTime() + 60_000);
  await expect(createTransfer(german)).rejects.toMatchObject({
    reason: 'rate_limited',
    details: { retryAt },
  });
});

it('decides on the newest row whatever isolation the database prefers', async () => {
  await using test = await createTestDatabase();
  const name = new URL(test.url).pathname.slice(1);
  await test.sql.query(`ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`);
  await using strict = await openTestCore({ database: test.url });
  const { id } = await createTransfer(strict);
  const proof = rightProof(strict);
  const granted = await strict.core.authorizationRequest.grant(strict.service, {
    id,
    proof,
    idempotencyKey: 'k',
  });
  expect(granted).toMatchObject({ granted: true });
});

it.each<[string, Omit<Exclude<DatabaseOptions, string>, 'clientUrl'>]>([
  ['30s', {}],
  ['80s', { pool: { idleTimeoutMillis: 60_000 } }],
  ['80s', { driverOptions: { idleTimeoutMillis: 60_000 } }],
  ['0', { pool: { idleTimeoutMillis: 0 } }],
  ['0', { pool: { min: 2 } }],
])('has PostgreSQL end after %s what a pool that is gone has left behind, by %j', async (said, options) => {
  await using test = await createTestDatabase();
  const database = await openDatabase({ ...options, clientUrl: test.url }, silentLogger);
  const rows = await database.pool.select('SHOW idle_session_timeout', []);
  expect(rows).toEqual([{ idle_session_timeout: said }]);
  await database.close();
});

it('has three connections at least: a key, an attempt and a batch of a subscriber may need one at a time', async () => {
  await using test = await createTestDatabase();
  const database = await openDatabase({ clientUrl: test.url, pool: { max: 1 } }, silentLogger);
  expect(database.connections().max).toBe(3);
  const backends = await Promise.all(
    Array.from({ length: 3 }, () =>
      database.pool.select('SELECT pg_backend_pid() AS pid, pg_sleep(0.2)', []),
    ),
  );
  expect(new Set(backends.map(([row]) => (row as { pid: number }).pid)).size).toBe(3);
  await database.close();
});

it('keeps its settings beside those that the URL has, and beside those of the driver', async () => {
  await using test = await createTestDatabase();
  const url = new URL(test.url);
  url.searchParams.set('options', '-c work_mem=8MB');
  const driverOptions = { options: '-c geqo=off' };
  const database = await openDatabase({ clientUrl: url.href, driverOptions }, silentLogger);
  const names = ['plan_cache_mode', 'default_transaction_isolation', 'datestyle', 'work_mem', 'geqo'];
  const [row] = await database.pool.select(
    `SELECT ${names.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`,
    [],
  );
  expect(row).toEqual({
    plan_cache_mode: 'force_generic_plan',
    default_transaction_isolation: 'read committed',
    datestyle: 'ISO, MDY',
    work_mem: '8MB',
    geqo: 'off',
  });
  await database.close();
});

it('lets a process end by itself once core is closed', async () => {
  await using test = await createTestDatabase();
  const program = `
    import { openCore, otp } from '@countersign/core';
    const core = await openCore({ database: process.argv[1], secret: ${JSON.stringify(secret)}, methods: [otp({ send: async () => {} })] });
    await core.close();
    console.log('closed');`;
  const run = promisify(execFile);
  const { stdout } = await run(
    process.execPath,
    ['--conditions=@countersign/source', '--input-type=module', '-e', program, test.url],
    {
      cwd: new URL('..', import.meta.url),
      timeout: 10_000,
    },
  );
  expect(stdout).toContain('closed');
});
