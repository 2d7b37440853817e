import { expect, it } from 'vitest';
import { openDatabase } from '../../src/database/orm.ts';
import { establishEpoch } from '../../src/event/epoch.ts';
import { silentLogger } from '../../src/index.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import { findViolations, openTestCore, untilVisible, type TestCore } from '../../testing/index.ts';
import { liveOne, readAll } from '../archive/lives.ts';
import { createTransfer, rightProof, transferData } from '../fixtures.ts';
import { readOn } from '../stream/read-on.ts';

/** As if the standby of another timeline had been promoted: the database is not the one in which the epoch began. */
async function promote({ database }: TestCore): Promise<void> {
  await database.sql.query("UPDATE countersign.installation SET history = '7/00000001'");
}

async function epochOf({ database }: TestCore): Promise<number> {
  const { rows } = await database.sql.query<{ epoch: number }>('SELECT epoch FROM countersign.installation');
  return rows[0]?.epoch ?? 0;
}

it('the sweep notices that the database is another one, once, and every reader goes on without a loss', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  const stream = readOn(await test.core.event.stream(test.service, { from: 'start' }));
  const heard: string[] = [];
  test.core.event.reader.subscribe((events) => heard.push(...events.map(({ id }) => id)));
  for (let epoch = 2; epoch <= 4; epoch += 1) {
    await promote(test);
    const writing = Promise.all(['ada', 'grace', 'alan'].map((subjectId) => liveOne(test, subjectId)));
    await Promise.all([sweep(test.service), sweep(test.service), sweep(test.service)]);
    await writing;
    await sweep(test.service);
    expect(await epochOf(test)).toBe(epoch);
  }
  await untilVisible(test.database);
  const whole = await readAll(test);
  expect(whole).toHaveLength(50);
  await expect.poll(() => stream.told.length, { timeout: 10_000 }).toBe(whole.length);
  expect(stream.told).toEqual(whole);
  expect(heard.slice(-45)).toEqual(whole.slice(-45).map(({ id }) => id));
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

/** A grant that is being used: written into the log, and not committed. */
async function useWithoutCommit(test: TestCore) {
  const { id } = await createTransfer(test);
  await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
  await untilVisible(test.database);
  const host = await test.database.sql.connect();
  await host.query('BEGIN');
  const asked = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
  await test.core.authorizationRequest.consume(test.service, asked, { tx: host });
  return {
    async commit() {
      await host.query('COMMIT');
      host.release();
    },
  };
}

it('waits for what is being written: a use of a grant that commits meanwhile is told', async () => {
  await using test = await openTestCore();
  const host = await useWithoutCommit(test);
  await promote(test);
  const raising = establishEpoch(test.service.database);
  await expect
    .poll(
      async () => {
        const { rowCount } = await test.database.sql.query(
          `SELECT FROM pg_locks WHERE NOT granted AND relation = 'countersign.event'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        );
        return rowCount;
      },
      { timeout: 5000, interval: 5 },
    )
    .toBe(1);
  expect(await epochOf(test)).toBe(1);
  await host.commit();
  expect(await raising).toBe(2);
  await createTransfer(test, { subjectId: 'grace' });
  await untilVisible(test.database);
  const types = (await readAll(test, { limit: 1 })).map(({ type }) => type.split('.')[1]);
  expect(types).toEqual(['created', 'challenged', 'granted', 'consumed', 'created', 'challenged']);
});

it('that waits for nobody loses it: a reader that has seen the new epoch never comes back (naive)', async () => {
  await using test = await openTestCore();
  const host = await useWithoutCommit(test);
  await test.database.sql.query('UPDATE countersign.installation SET epoch = epoch + 1');
  const { cursor } = await test.core.event.list(test.service, { from: 'now' });
  await createTransfer(test, { subjectId: 'grace' });
  await host.commit();
  await untilVisible(test.database);
  const told = await readAll(test, { after: cursor ?? '' });
  expect(told.map(({ type }) => type.split('.')[1])).toEqual(['created', 'challenged']);
});

it('is not raised where the database does not say what it is, unless numbers stand ahead', async () => {
  await using test = await openTestCore();
  await test.database.sql.query(
    `CREATE OR REPLACE FUNCTION countersign.database_history() RETURNS text LANGUAGE sql AS 'SELECT NULL::text'`,
  );
  expect(await establishEpoch(test.service.database)).toBe(1);
  await liveOne(test);
  await test.database.sql.query(
    `INSERT INTO countersign.event SELECT epoch, '4000000000', 1, gen_random_uuid(), type, occurred_at, subject_id, session_id, slug, about_kind,
       gen_random_uuid(), data, context FROM countersign.event LIMIT 1`,
  );
  expect(await establishEpoch(test.service.database)).toBe(2);
});

it('is raised after a restore also where touching the rows takes longer than a call may', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  await test.database.sql.query(
    `UPDATE countersign.authorization_request SET event_txid = '4000000000';
     INSERT INTO countersign.event SELECT epoch, '4000000000', 1, gen_random_uuid(), type, occurred_at, subject_id, session_id, slug, about_kind,
       gen_random_uuid(), data, context FROM countersign.event LIMIT 1;
     CREATE FUNCTION be_many() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $body$;
     CREATE TRIGGER be_many BEFORE UPDATE ON countersign.authorization_request EXECUTE FUNCTION be_many()`,
  );
  const hasty = { clientUrl: test.database.url, driverOptions: { statement_timeout: 300 } };
  const database = await openDatabase(hasty, silentLogger);
  const epoch = await establishEpoch(database);
  await database.close();
  expect(epoch).toBe(2);
});
