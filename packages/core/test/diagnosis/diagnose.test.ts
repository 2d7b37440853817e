import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openCore } from '../../src/core.ts';
import { totp } from '../../src/method/methods/totp.ts';
import type { ClientBase } from 'pg';
import { openTestCore, type TestDatabase } from '../../testing/index.ts';
import { createTransfer } from '../fixtures.ts';
import { startOwnServer } from '../log/own-server.ts';

// A cluster of its own has its databases made anew, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

// The log waits for the oldest writing transaction of its whole cluster.
let server: AsyncDisposable;
beforeAll(async () => {
  server = await startOwnServer({ max_prepared_transactions: '2' });
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

/** Somebody else's connection, whose transaction ends with the test, however that ends. */
async function connectTo({ sql }: TestDatabase): Promise<AsyncDisposable & { readonly client: ClientBase }> {
  const client = await sql.connect();
  return {
    client,
    async [Symbol.asyncDispose]() {
      await client.query('ROLLBACK').finally(() => client.release());
    },
  };
}

it('an installation that is well has nothing open, nothing lost and a database that keeps what it says', async () => {
  await using test = await openTestCore();
  await createTransfer(test);
  const diagnosis = await test.core.diagnose();
  expect(diagnosis).toMatchObject({
    server: { isStandby: false, fullPageWrites: true, connectionsMax: 297 },
    poolMax: 10,
    openTransactions: [],
    preparedTransactions: [],
    idleSlots: [],
    sealed: [],
    notifications: 'hears',
    oldestEventAt: test.clock.now(),
  });
  expect(diagnosis.server.versionNumber).toBeGreaterThan(180_000);
  expect(diagnosis.tables?.map(({ name }) => name)).toContain('event');
});

it('names who holds the log up, whatever database of the cluster it is in, longest first', async () => {
  await using test = await openTestCore();
  await using other = await openTestCore();
  await using hostHeld = await connectTo(other.database);
  const { client: host } = hostHeld;
  await using readerHeld = await connectTo(other.database);
  const { client: reader } = readerHeld;
  await using laterHeld = await connectTo(test.database);
  const { client: later } = laterHeld;
  await host.query("SET application_name = 'nightly report'");
  for (const client of [host, reader, later]) await client.query('BEGIN');
  await host.query('CREATE TABLE report (id text)');
  await host.query('SAVEPOINT half; CREATE TABLE half (id text)');
  await reader.query('SELECT 1'); // has written nothing, and holds nothing up
  await later.query('CREATE TABLE later (id text)');
  await createTransfer(test);
  const { openTransactions } = await test.core.diagnose();
  const [database] = (await host.query<{ name: string }>('SELECT current_database() AS name')).rows;
  expect(openTransactions).toHaveLength(2);
  expect(openTransactions?.[0]).toEqual({
    pid: (host as unknown as { processID: number }).processID,
    applicationName: 'nightly report',
    database: database?.name,
    role: 'postgres',
    state: 'idle in transaction',
    seconds: expect.any(Number) as number,
  });
  expect((await test.core.figures()).logHorizonLagSeconds).toBeGreaterThanOrEqual(0);
  for (const client of [host, reader, later]) await client.query('ROLLBACK');
  expect((await test.core.diagnose()).openTransactions).toEqual([]);
});

it('names also a transaction that was prepared and forgotten, and a slot that nobody reads', async () => {
  await using test = await openTestCore();
  await using hostHeld = await connectTo(test.database);
  const { client: host } = hostHeld;
  await host.query("BEGIN; CREATE TABLE forgotten (id text); PREPARE TRANSACTION 'order-7'");
  const { openTransactions, preparedTransactions, idleSlots } = await test.core.diagnose();
  expect([openTransactions, idleSlots]).toEqual([[], []]);
  expect(preparedTransactions).toMatchObject([{ name: 'order-7', role: 'postgres' }]);
  await host.query("ROLLBACK PREPARED 'order-7'");
  await host.query("SELECT pg_create_physical_replication_slot('standby', true)");
  expect((await test.core.diagnose()).idleSlots).toMatchObject([{ name: 'standby' }]);
  await host.query("SELECT pg_drop_replication_slot('standby')");
});

it('a role that may not see others still learns which process it is, and that it may not see more', async () => {
  await using test = await openTestCore();
  await using hostHeld = await connectTo(test.database);
  const { client: host } = hostHeld;
  await host.query(`
    CREATE ROLE countersign_app LOGIN; GRANT USAGE ON SCHEMA countersign TO countersign_app;
    GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA countersign TO countersign_app`);
  const url = new URL(test.database.url);
  url.username = 'countersign_app';
  const { secret } = test;
  const core = await openCore({ database: url.href, secret, methods: [], migrate: false, sweep: false });
  await host.query('BEGIN; CREATE TABLE report (id text)');
  const { server: asked, openTransactions } = await core.diagnose();
  expect(asked.role).toBe('countersign_app');
  expect(openTransactions).toMatchObject([
    {
      pid: (host as unknown as { processID: number }).processID,
      role: 'postgres',
      state: null,
      seconds: null,
    },
  ]);
  await host.query('ROLLBACK');
  await core.close();
});

it('says what stands under which secret: an earlier one is needed as long as something does', async () => {
  await using test = await openTestCore({ methods: [totp()] });
  const operator = test.core.context({ kind: 'operator' });
  await test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'totp', confirmed: true });
  await test.core.serviceKey.create(operator, { title: 'billing' });
  await test.core.scopedToken.ready();
  const counts = [
    { what: 'factor', count: 1 },
    { what: 'service_key', count: 1 },
    { what: 'token_key', count: 2 },
  ];
  const by = (name: string) => counts.map((one) => ({ ...one, by: name }));
  expect((await test.core.diagnose()).sealed).toEqual(by('active'));
  const active = randomBytes(32).toString('base64');
  for (const [secret, name] of [
    [{ active, previous: [test.secret] }, 'previous'],
    [active, 'unknown'],
  ] as const) {
    const settings = { methods: [], migrate: false, sweep: false, listen: false };
    const core = await openCore({ ...settings, database: test.database.url, secret });
    expect((await core.diagnose()).sealed).toEqual(by(name));
    await core.close();
  }
});

it('says how far the clocks are apart', async () => {
  await using test = await openTestCore();
  test.clock.advance({ hours: -1 });
  const { clockAheadMilliseconds } = await test.core.diagnose();
  expect(clockAheadMilliseconds).toBeGreaterThan(3_590_000);
});

it('goes on without what cannot be read in time', async () => {
  await using test = await openTestCore();
  await using hostHeld = await connectTo(test.database);
  const { client: host } = hostHeld;
  await host.query('BEGIN; LOCK TABLE countersign.factor IN ACCESS EXCLUSIVE MODE');
  expect(await test.core.diagnose()).toMatchObject({ sealed: null, tables: null, notifications: 'hears' });
  await host.query('ROLLBACK');
});
