import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineOperation, type TransactionHandle } from '../src/index.ts';
import { createTestDatabase, openTestCore, type TestCore } from '../testing/index.ts';
import { createTransfer, refusal, rightProof, transferData } from './fixtures.ts';

async function granted(test: TestCore, changes: Parameters<typeof createTransfer>[1] = {}) {
  const { id } = await createTransfer(test, changes);
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  return { id, slug: 'transfer', subjectId: 'ada', data: transferData };
}

/** Until so many transactions of this database wait for a row. Asked outside of one: within one the list stands still. */
async function untilWaiting({ sql }: TestCore['database'], count: number): Promise<void> {
  const text = `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect
    .poll(async () => (await sql.query<{ waiting: number }>(text)).rows[0]?.waiting, {
      timeout: 5000,
      interval: 10,
    })
    .toBe(count);
}

describe('consume', () => {
  it('refuses in the order of the contract, and stays usable for what was authorized', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test, { sessionId: 's1', executeWithinSeconds: 60 });
    const right = { id, slug: 'transfer', subjectId: 'ada', sessionId: 's1', data: transferData };
    const consume = (changes: object) =>
      test.core.authorizationRequest.consume(test.service, { ...right, ...changes });
    const altered = { ...transferData, amountCents: 250_001 };

    await expect(consume({ id: 'areq_0' })).rejects.toMatchObject(refusal('not_found'));
    await expect(consume({ subjectId: 'bob', data: altered })).rejects.toMatchObject(refusal('not_found'));
    await expect(consume({ sessionId: 's2', data: altered })).rejects.toMatchObject(refusal('not_found'));
    await expect(consume({ sessionId: null })).rejects.toMatchObject(refusal('not_found'));
    await expect(consume({ sessionId: undefined })).rejects.toMatchObject(refusal('not_found'));
    await expect(consume({ data: altered })).rejects.toMatchObject(refusal('data_mismatch'));
    await expect(consume({ slug: 'payout' })).rejects.toMatchObject(refusal('data_mismatch'));
    await expect(consume({ data: { nothing: undefined } })).rejects.toMatchObject(refusal('data_mismatch'));
    await expect(consume({})).rejects.toMatchObject(refusal('not_granted', { state: 'waiting' }));
    await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
    await expect(consume({ data: altered })).rejects.toMatchObject(refusal('data_mismatch'));
    test.clock.advance(59.999);
    const { receipt } = await consume({});
    expect(receipt).toMatchObject({
      authorizationRequestId: id,
      subjectId: 'ada',
      sessionId: 's1',
      binding: 'server',
    });
    await expect(consume({})).rejects.toMatchObject(refusal('already_consumed'));
    test.clock.advance(1);
    await expect(consume({})).rejects.toMatchObject(refusal('already_consumed'));
    await expect(consume({ data: altered })).rejects.toMatchObject(refusal('data_mismatch'));
  });

  it('is refused from the end of the execution window on', async () => {
    await using test = await openTestCore();
    const consume = await granted(test);
    test.clock.advance(300);
    await expect(test.core.authorizationRequest.consume(test.service, consume)).rejects.toMatchObject(
      refusal('execution_window_passed'),
    );
  });

  it.each(['denied', 'cancelled', 'expired'] as const)(
    'is refused for a request that is %s',
    async (state) => {
      await using test = await openTestCore();
      const { id } = await createTransfer(test);
      if (state === 'denied') await test.core.authorizationRequest.deny(test.service, { id });
      if (state === 'cancelled') await test.core.authorizationRequest.cancel(test.service, { id });
      if (state === 'expired') test.clock.advance(300);
      const consumed = test.core.authorizationRequest.consume(test.service, {
        id,
        slug: 'transfer',
        subjectId: 'ada',
        data: transferData,
      });
      await expect(consumed).rejects.toMatchObject({ reason: 'not_granted' });
    },
  );

  it('is refused when it has waited for its row until the window had passed, though who had it rolled back', async () => {
    await using test = await openTestCore();
    const use = await granted(test, { sessionId: 's1', executeWithinSeconds: 60 });
    const ada = test.subject('ada', 's1');
    const operation = defineOperation({ slug: 'transfer', data: z.unknown(), title: 'Transfer money' });
    const guarded = test.core.guard.call(ada, { operation, data: transferData });
    // A fraction of a second before the end; what waits longer comes late.
    test.clock.advance(59.9);
    const holder = await test.database.sql.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM countersign.authorization_request FOR UPDATE');
    const answered = Promise.allSettled([
      test.core.authorizationRequest.consume(test.service, { ...use, sessionId: 's1' }),
      test.core.guard.take(ada, guarded),
    ]);
    await untilWaiting(test.database, 2);
    await holder.query('SELECT pg_sleep(0.6)');
    test.clock.advance(0.6); // It stands still by itself; what the statements were told is older.
    await holder.query('ROLLBACK');
    holder.release();
    const [byId, byValues] = await answered;
    expect(byId).toMatchObject({ status: 'rejected', reason: refusal('execution_window_passed') });
    expect(byValues).toEqual({ status: 'fulfilled', value: null });
  });

  it('binds absent data as null', async () => {
    await using test = await openTestCore();
    const consume = await granted(test, { data: undefined });
    await expect(
      test.core.authorizationRequest.consume(test.service, { ...consume, data: {} }),
    ).rejects.toMatchObject(refusal('data_mismatch'));
    const { receipt } = await test.core.authorizationRequest.consume(test.service, {
      ...consume,
      data: undefined,
    });
    expect(receipt.authorizationRequestId).toBe(consume.id);
  });
});

/** A host: its own ORM, query builder and client on the database, and a table of its own. */
async function openHost(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  await pool.query('CREATE TABLE IF NOT EXISTS ledger (id text PRIMARY KEY)');
  const kysely = new Kysely<never>({ dialect: new PostgresDialect({ pool }) });
  const orm = await MikroORM.init({
    clientUrl: url,
    driverOptions: { connectionString: url },
    entities: [],
    discovery: { warnWhenNoEntities: false },
    ensureDatabase: false,
  });
  const begin: Record<
    string,
    (work: (tx: TransactionHandle, write: (id: string) => Promise<unknown>) => Promise<void>) => Promise<void>
  > = {
    'a MikroORM entity manager': (work) =>
      orm.em.fork().transactional(async (em: SqlEntityManager) => {
        await work(em, (id) => em.execute('INSERT INTO ledger VALUES (?)', [id]));
      }),
    'a Kysely transaction': (work) =>
      kysely.transaction().execute(async (tx) => {
        await work(tx, (id) =>
          (tx as unknown as Kysely<{ ledger: { id: string } }>).insertInto('ledger').values({ id }).execute(),
        );
      }),
    'a pg client': async (work) => {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await work(client, (id) => client.query('INSERT INTO ledger VALUES ($1)', [id]));
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
  };
  return {
    pool,
    kysely,
    orm,
    begin,
    async [Symbol.asyncDispose]() {
      await orm.close(true);
      await kysely.destroy(); // ends the pool only if Kysely has used it
      if (!pool.ended) await pool.end();
    },
  };
}

describe('consume in the host’s own transaction', () => {
  const handles = ['a MikroORM entity manager', 'a Kysely transaction', 'a pg client'];

  it.each(handles)('%s: the consumption and the host’s write commit together', async (handle) => {
    await using test = await openTestCore();
    await using host = await openHost(test.database.url);
    const consume = await granted(test);
    await host.begin[handle]?.(async (tx, write) => {
      await write('1');
      await test.core.authorizationRequest.consume(test.service, consume, { tx });
    });
    const { rows } = await test.database.sql.query(
      'SELECT (SELECT count(*)::int FROM ledger) AS written, (SELECT count(*)::int FROM countersign.authorization_request WHERE consumed_at IS NOT NULL) AS consumed',
    );
    expect(rows).toEqual([{ written: 1, consumed: 1 }]);
    await expect(test.core.authorizationRequest.consume(test.service, consume)).rejects.toMatchObject(
      refusal('already_consumed'),
    );
  });

  it.each(handles)('%s: a rollback gives the grant back, event and all', async (handle) => {
    await using test = await openTestCore();
    await using host = await openHost(test.database.url);
    const consume = await granted(test);
    const failing = host.begin[handle]?.(async (tx, write) => {
      await test.core.authorizationRequest.consume(test.service, consume, { tx });
      await write('1');
      throw new Error('the host changed its mind');
    });
    await expect(failing).rejects.toThrow('changed its mind');
    const { items } = await test.events(test.service, { types: ['authorization_request.consumed'] });
    expect(items).toEqual([]);
    expect(await test.core.authorizationRequest.consume(test.service, consume)).toMatchObject({
      consumed: true,
    });
  });

  it.each(handles)('%s: a refusal leaves the host’s transaction usable', async (handle) => {
    await using test = await openTestCore();
    await using host = await openHost(test.database.url);
    const consume = await granted(test);
    await host.begin[handle]?.(async (tx, write) => {
      const altered = test.core.authorizationRequest.consume(test.service, { ...consume, data: {} }, { tx });
      await expect(altered).rejects.toMatchObject(refusal('data_mismatch'));
      await write('kept');
    });
    const { rows } = await test.database.sql.query('SELECT id FROM ledger');
    expect(rows).toEqual([{ id: 'kept' }]);
  });

  it('refuses what is no open transaction: transaction_required, and nothing is consumed', async () => {
    await using test = await openTestCore();
    await using host = await openHost(test.database.url);
    const consume = await granted(test);
    const idle = await host.pool.connect();
    const failed = await host.pool.connect();
    await failed.query('BEGIN');
    await failed.query('SELECT 1/0').catch(() => undefined);
    // As between the error of a statement and the status behind it, which may come in another packet.
    const failing = new Proxy(failed, {
      get: (client, key): unknown =>
        key === 'getTransactionStatus' ? () => 'T' : Reflect.get(client, key, client),
    });
    let over: TransactionHandle | undefined;
    await host.kysely.transaction().execute((tx) => Promise.resolve(void (over = tx)));
    const none: [string, unknown][] = [
      ['an entity manager without a transaction', host.orm.em.fork()],
      ['a Kysely that is none', host.kysely],
      ['a Kysely transaction that is over', over],
      ['a client outside a transaction', idle],
      ['a transaction that has failed', failed],
      ['a transaction whose client does not know yet that it has failed', failing],
      ['a pool', host.pool],
      ['something else', {}],
    ];
    for (const [what, tx] of none) {
      const consumed = test.core.authorizationRequest.consume(test.service, consume, {
        tx: tx as TransactionHandle,
      });
      await expect(consumed, what).rejects.toMatchObject(refusal('transaction_required'));
    }
    idle.release();
    failed.release(true);
    expect(await test.core.authorizationRequest.consume(test.service, consume)).toMatchObject({
      consumed: true,
    });
  });

  it.each(handles)(
    '%s in another database: foreign_database, whether or not it has our schema',
    async (handle) => {
      await using test = await openTestCore();
      await using elsewhere = await createTestDatabase();
      const consume = await granted(test);
      // Clones of the template have its installation id; a real other installation has its own.
      await elsewhere.sql.query('UPDATE countersign.installation SET id = gen_random_uuid()');
      for (const prepare of ['SELECT 1', 'DROP SCHEMA countersign CASCADE']) {
        await elsewhere.sql.query(prepare);
        await using host = await openHost(elsewhere.url);
        await host.begin[handle]?.(async (tx) => {
          const consumed = test.core.authorizationRequest.consume(test.service, consume, { tx });
          await expect(consumed).rejects.toMatchObject(refusal('foreign_database'));
        });
      }
      expect(await test.core.authorizationRequest.consume(test.service, consume)).toMatchObject({
        consumed: true,
      });
    },
  );
});
