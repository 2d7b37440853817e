import { randomUUID } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/orm.ts';
import { statement } from '../../src/database/statement.ts';
import { formatId } from '../../src/id.ts';
import { silentLogger, type TransactionHandle } from '../../src/index.ts';
import { createTestDatabase, findViolations, openTestCore, type TestCore } from '../../testing/index.ts';
import { createTransfer, refusal, rightProof, transferData, wrongProof } from '../fixtures.ts';

const tables = ['authorization_request', 'challenge', 'proof', 'event', 'subject_security', 'confirmation'];

/** What the migration of a newer node does while this one goes on. */
function migratorOf({ database }: Pick<TestCore, 'database'>): () => Promise<void> {
  let columns = 0;
  return async () => {
    columns += 1;
    for (const table of tables)
      await database.sql.query(`ALTER TABLE countersign.${table} ADD COLUMN newer_${columns} integer`);
  };
}

/** How a host does something in a transaction that is rolled back; resolves with what it was refused by. */
type InHost = (host: pg.Pool, work: (tx: TransactionHandle) => Promise<void>) => Promise<unknown>;

describe('while a newer node adds columns, an older one', () => {
  it('refuses no call and does nothing twice', async () => {
    await using test = await openTestCore();
    const { service } = test;
    const api = test.core.authorizationRequest;
    const confirmations = test.core.confirmations();
    const unknown = formatId('confirmation', randomUUID());
    const migrate = migratorOf(test);
    const calls: ((id: string, subjectId: string) => Promise<unknown>)[] = [
      (id) => api.get(service, { id }),
      (_, subjectId) => api.list(service, { subjectId }),
      (id, subjectId) => api.check(service, { id, proof: wrongProof(test, subjectId) }),
      (id, subjectId) => api.grant(service, { id, proof: wrongProof(test, subjectId) }),
      (id, subjectId) => api.grant(service, { id, proof: rightProof(test, subjectId) }),
      (id) => api.deny(service, { id }),
      (id) => api.cancel(service, { id }),
      async (id, subjectId) => {
        const consume = api.consume(service, { id, slug: 'transfer', subjectId, data: transferData });
        await expect(consume).rejects.toMatchObject(refusal('not_granted'));
      },
      (_, subjectId) => createTransfer(test, { subjectId, data: 'another' }),
      (id) => test.events(service, { requestId: id }),
      (_, subjectId) => confirmations.use(service, { id: unknown, subjectId, data: null }),
    ];
    for (const [index, call] of calls.entries()) {
      const prepared = async (subjectId: string) => {
        const { id } = await createTransfer(test, { subjectId });
        return () => call(id, subjectId);
      };
      const names = ['one', 'two', 'three', 'four'].map((name) => `${name}-${index}`);
      const [first, second, third, late] = await Promise.all(names.map(prepared));
      // Over several connections: each of them has prepared it.
      await Promise.all([first?.(), second?.(), third?.()]);
      await migrate();
      await late?.();
    }
    const { rows } = await test.database.sql.query(
      `SELECT count(*)::int AS calls, count(DISTINCT about_id)::int AS requests FROM countersign.event WHERE type ~ 'denied|cancelled'`,
    );
    expect(rows).toEqual([{ calls: 8, requests: 8 }]);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it.each([
    ['alone', 'pool'],
    ['in a transaction, which is to be repeated', 'transaction'],
  ] as const)('writes once %s, and goes on with what it had prepared', async (_, way) => {
    await using test = await createTestDatabase();
    await test.sql.query('CREATE TABLE ledger (id serial, amount integer)');
    const write = statement<{ readonly amount: number }, object>(
      'test_write',
      'INSERT INTO ledger (amount) VALUES (:amount) RETURNING *',
    );
    const database = await openDatabase({ clientUrl: test.url, pool: { max: 2 } }, silentLogger);
    const run = (amount: number) =>
      way === 'pool'
        ? database.pool.query(write, { amount })
        : database.transaction((db) => db.query(write, { amount }));
    await Promise.all([run(1), run(2)]);
    await test.sql.query('ALTER TABLE ledger ADD COLUMN newer integer');
    if (way === 'transaction')
      await expect(run(3)).rejects.toMatchObject({ reason: 'unavailable_dependency' });
    await Promise.all([run(3), run(4)]);
    await database.close();
    const { rows } = await test.sql.query('SELECT amount FROM ledger ORDER BY amount');
    expect(rows).toEqual([{ amount: 1 }, { amount: 2 }, { amount: 3 }, { amount: 4 }]);
  });

  it.each([
    [
      'a pg client',
      async (host, work) => {
        const client = await host.connect();
        await client.query('BEGIN');
        const failure = await work(client).catch((error: unknown) => error);
        await client.query('ROLLBACK');
        client.release();
        return failure;
      },
    ],
    [
      'a Kysely transaction',
      async (host, work) => {
        const kysely = new Kysely<never>({ dialect: new PostgresDialect({ pool: host }) });
        return await kysely
          .transaction()
          .execute(work)
          .catch((error: unknown) => error);
      },
    ],
  ] satisfies [string, InHost][])('has a host repeat %s, over the same connection', async (_, inHost) => {
    await using test = await openTestCore();
    const host = new pg.Pool({ connectionString: test.database.url, max: 1 });
    const { id } = await createTransfer(test);
    const refused = async () =>
      await inHost(host, async (tx) => {
        const asked = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
        await test.core.authorizationRequest.consume(test.service, asked, { tx });
      });
    const before = await refused();
    await migratorOf(test)();
    const met = await refused();
    const repeated = await refused();
    await host.end();
    expect([before, met, repeated]).toMatchObject(
      ['not_granted', 'unavailable_dependency', 'not_granted'].map((reason) => refusal(reason)),
    );
  });
});

it('an error that only looks like a column that was added is not repeated', async () => {
  await using test = await createTestDatabase();
  await test.sql
    .query(`CREATE SEQUENCE asked; CREATE FUNCTION refuse() RETURNS text LANGUAGE plpgsql AS $body$
    BEGIN
      PERFORM nextval('asked');
      RAISE EXCEPTION 'cached plan must not change result type' USING ERRCODE = '0A000';
    END $body$`);
  const refuse = statement<object, object>('test_refuse', 'SELECT refuse()');
  const database = await openDatabase(test.url, silentLogger);
  await expect(database.pool.query(refuse, {})).rejects.toMatchObject({ code: '0A000' });
  await database.close();
  const { rows } = await test.sql.query('SELECT last_value::int FROM asked');
  expect(rows).toEqual([{ last_value: 1 }]);
});
