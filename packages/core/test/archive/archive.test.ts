import { describe, expect, it } from 'vitest';
import { openCore } from '../../src/core.ts';
import type { Database } from '../../src/database/executor.ts';
import { logStart, parsePosition, type Position } from '../../src/event/position.ts';
import { readNew } from '../../src/event/read.ts';
import { archive } from '../../src/maintenance/archive.ts';
import { findViolations, openTestCore, untilVisible, type TestCore } from '../../testing/index.ts';
import { createTransfer } from '../fixtures.ts';
import { take } from '../stream/read-on.ts';
import { archiveAll, countEvents, liveOne, liveThroughAWeek, readAll } from './lives.ts';

const aWeek = { archiveAfterDays: 7 };

it('moves what is older than a week to the archive of its month, and leaves the rest where it is', async () => {
  await using test = await openTestCore();
  test.clock.set(new Date('2026-02-27T12:00:00Z'));
  await liveOne(test);
  test.clock.set(new Date('2026-03-01T00:00:00Z'));
  await liveOne(test);
  test.clock.set(new Date('2026-03-08T00:00:00Z'));
  await liveOne(test);
  expect(await archiveAll(test)).toBe(10);
  expect(await countEvents(test)).toEqual({ end: 5, archive: 10 });
  const { rows } = await test.database.sql.query(
    'SELECT tableoid::regclass::text AS month, count(*)::int AS events FROM countersign.event_archive GROUP BY 1 ORDER BY 1',
  );
  expect(rows).toEqual([
    { month: 'countersign.event_archive_2026_02', events: 5 },
    { month: 'countersign.event_archive_2026_03', events: 5 },
  ]);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

describe('the same events are told in the same order under the same ids, archived or not:', () => {
  it('by pages of any size, of all, of a subject, of a request, of some types, after any event', async () => {
    await using test = await openTestCore();
    const { old, young } = await liveThroughAWeek(test);
    const whole = await readAll(test);
    const asked = [
      ...[1, 3, 7, 500].map((limit) => ({ limit })),
      { subjectId: 'ada', limit: 2 },
      { subjectId: 'grace', limit: 2 },
      ...[...old, young].map((requestId) => ({ requestId, limit: 2 })),
      { types: ['authorization_request.granted' as const], limit: 1 },
      { slug: 'transfer', subjectId: 'ada', limit: 3 },
      ...whole.map(({ id }) => ({ after: id, limit: 4 })),
      { requestId: old[0], after: whole[1]?.id },
    ];
    const before = await Promise.all(asked.map((input) => readAll(test, input)));
    expect(before[0]).toHaveLength(20);
    expect(await archiveAll(test)).toBe(15);
    for (const [index, input] of asked.entries())
      expect(await readAll(test, input), JSON.stringify(input)).toEqual(before[index]);
    expect(await test.core.event.list(test.subject('ada'), { limit: 500 })).toMatchObject({
      items: whole
        .filter(({ subjectId }) => subjectId === 'ada')
        .map(({ id, type }) => ({ id, type, context: null })),
    });
  });

  it('by streams from the start and after any event', async () => {
    await using test = await openTestCore();
    await liveThroughAWeek(test);
    const whole = await readAll(test);
    await archiveAll(test);
    const { stream } = test.core.event;
    expect(await take(await stream(test.service, { from: 'start' }), whole.length)).toEqual(whole);
    for (const [index, { id }] of whole.slice(0, -1).entries())
      expect(await take(await stream(test.service, { lastEventId: id }), whole.length - index - 1)).toEqual(
        whole.slice(index + 1),
      );
  });

  it('by a watch that comes back after a week, from any of the events of its request', async () => {
    await using test = await openTestCore();
    const { old } = await liveThroughAWeek(test);
    const id = old[0] ?? '';
    const events = await readAll(test, { requestId: id });
    const watch = async (lastEventId: string) => {
      const told = [];
      for await (const event of await test.core.authorizationRequest.watch(test.service, { id, lastEventId }))
        told.push(event);
      return told.slice(1).map((event) => event.id);
    };
    const before = await Promise.all(events.map((event) => watch(event.id)));
    expect(before[0]).toEqual(events.slice(1).map((event) => event.id));
    await archiveAll(test);
    expect(await Promise.all(events.map((event) => watch(event.id)))).toEqual(before);
    const snapshot = test.core.authorizationRequest.watch(test.service, { id });
    for await (const event of await snapshot) expect(event).toMatchObject({ sequence: 5 });
  });

  it('by the reader of a process that stood still while they were moved', async () => {
    await using test = await openTestCore();
    await liveThroughAWeek(test);
    const read = () => test.service.database.pool.query(readNew, { ...logStart, limit: 500 });
    const before = await read();
    await archiveAll(test);
    expect(await read()).toEqual(before);
    const middle = before[7] ?? logStart;
    expect(await test.service.database.pool.query(readNew, { ...middle, limit: 4 })).toEqual(
      before.slice(8, 12),
    );
  });
});

it('a reader that stands behind the archive opens none of its months; one that stands in it does', async () => {
  await using test = await openTestCore();
  await liveThroughAWeek(test);
  await archiveAll(test);
  const events = await readAll(test);
  const behind = await explainNew(test, parsePosition(events[14]?.id ?? '') ?? logStart);
  expect(behind).toMatch(/Function Scan on archived_after .*never executed/);
  expect(behind).not.toMatch(/event_archive/);
  const within = await explainNew(test, parsePosition(events[13]?.id ?? '') ?? logStart);
  expect(within).toMatch(/Function Scan on archived_after .*rows=1/);
});

async function explainNew({ database }: TestCore, place: Position): Promise<string> {
  const parameters = { ...place, limit: 500 };
  const client = await database.sql.connect();
  await client.query("SET plan_cache_mode = 'force_generic_plan'");
  await client.query(`PREPARE new AS ${readNew.text}`);
  const values = readNew.parameters.map((name) => client.escapeLiteral(String(parameters[name])));
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE new(${values.join(', ')})`,
  );
  client.release(true);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

it('moves each event once, however many processes are at it, and says so to those who are not', async () => {
  await using test = await openTestCore();
  await liveThroughAWeek(test);
  const whole = await readAll(test);
  const moved = await Promise.all(Array.from({ length: 8 }, () => archive(test.service, aWeek)));
  expect(moved.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(15);
  expect(await readAll(test)).toEqual(whole);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);

  const other = await test.database.sql.connect();
  await other.query('BEGIN');
  await other.query('SELECT pg_advisory_xact_lock(7261943006)');
  expect(await archive(test.service, aWeek)).toBeNull();
  await other.query('ROLLBACK');
  other.release();
});

it('leaves nothing half done when it is cut off at any of its statements', async () => {
  await using test = await openTestCore();
  await liveThroughAWeek(test);
  const whole = await readAll(test);
  for (let statements = 1; statements <= 4; statements += 1) {
    const cut = { ...test.service, database: cutAfter(test.service.database, statements) };
    await expect(archive(cut, aWeek), `after ${statements}`).rejects.toThrow('killed');
    expect(await countEvents(test)).toEqual({ end: 20, archive: 0 });
    expect(await readAll(test)).toEqual(whole);
  }
  expect(await archiveAll(test)).toBe(15);
  expect(await readAll(test)).toEqual(whole);
});

/** A process that ends after so many statements of its transaction. */
function cutAfter(database: Database, statementsMax: number): Database {
  return {
    ...database,
    transaction: (run) =>
      database.transaction(async (db, client) => {
        let left = statementsMax;
        const query: typeof db.query = async (statement, parameters) => {
          const rows = await db.query(statement, parameters);
          left -= 1;
          if (left === 0) throw new Error('killed');
          return rows;
        };
        return await run({ ...db, query }, client);
      }),
  };
}

it('is ended when it stands still in its work, and another process does it', async () => {
  await using test = await openTestCore();
  await liveThroughAWeek(test);
  const whole = await readAll(test);
  const impatient = await openCore({
    database: { clientUrl: test.database.url, driverOptions: { idle_in_transaction_session_timeout: 200 } },
    secret: test.secret,
    methods: [],
    clock: test.clock,
    migrate: false,
    sweep: false,
    listen: false,
  });
  const { database } = impatient.context({ kind: 'service' });
  const standing = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const still: Database = {
    ...database,
    transaction: (run) =>
      database.transaction(async (db, client) => {
        const done = await run(db, client);
        standing.resolve();
        await goOn.promise; // stopped behind its last statement, with everything moved and nothing committed
        return done;
      }),
  };
  const stopped = archive({ ...test.service, database: still }, aWeek);
  stopped.catch(() => undefined); // awaited below
  await standing.promise;
  await expect.poll(() => archive(test.service, aWeek), { timeout: 10_000 }).toBe(15);
  goOn.resolve();
  await expect(stopped).rejects.toMatchObject({ reason: 'unavailable_dependency' });
  await impatient.close();
  expect(await readAll(test)).toEqual(whole);
  expect(await countEvents(test)).toEqual({ end: 5, archive: 15 });
});

it('is not moved before nothing can appear in front of it: while an older transaction is open', async () => {
  await using test = await openTestCore();
  const host = await test.database.sql.connect();
  await host.query('BEGIN');
  await host.query('CREATE TABLE ledger (id text)');
  await liveOne(test);
  test.clock.advance({ days: 8 });
  expect(await archive(test.service, aWeek)).toBe(0);
  await host.query('ROLLBACK');
  host.release();
  expect(await archiveAll(test)).toBe(5);
});

describe('a clock that is wrong', () => {
  it('an hour ahead or behind, while it moves, changes no order and loses nothing', async () => {
    await using test = await openTestCore();
    for (const hours of [0, 1, -1, 2, -2]) {
      test.clock.advance({ hours });
      await liveOne(test);
    }
    await untilVisible(test.database);
    const whole = await readAll(test);
    for (const hours of [168, 1, -2, 3]) {
      test.clock.advance({ hours });
      await archiveAll(test);
      expect(await readAll(test, { limit: 4 })).toEqual(whole);
      expect(await findViolations(test.database.sql)).toEqual([]);
    }
    expect(await countEvents(test)).toEqual({ end: 0, archive: 25 });
  });

  it('decades ahead or behind, for a while, holds up nothing and makes no hole', async () => {
    await using test = await openTestCore();
    const today = test.clock.now();
    await liveOne(test);
    test.clock.set(new Date('2099-05-05T00:00:00Z'));
    await createTransfer(test, { subjectId: 'grace' });
    test.clock.set(new Date('1999-05-05T00:00:00Z'));
    await createTransfer(test, { subjectId: 'alan' });
    test.clock.set(today);
    test.clock.advance({ days: 8 });
    await liveOne(test);
    await untilVisible(test.database);
    const whole = await readAll(test);
    expect(await archiveAll(test)).toBe(9);
    expect(await readAll(test)).toEqual(whole);
    const { rows } = await test.database.sql.query<{ months: number }>(
      'SELECT count(DISTINCT tableoid)::int AS months FROM countersign.event_archive',
    );
    expect(rows[0]?.months).toBeLessThanOrEqual(2);
    const placed = `I7 each event stands once in the log, what is archived before what is not, and the archive knows how far it reaches`;
    expect(await findViolations(test.database.sql, { promise: placed })).toEqual([]);
  });
});

it('is kept as the log is: nothing of it changes, goes or is emptied, by the whole or by the month', async () => {
  await using test = await openTestCore();
  await liveThroughAWeek(test);
  await archiveAll(test);
  const { rows } = await test.database.sql.query<{ month: string }>(
    'SELECT tableoid::regclass::text AS month FROM countersign.event_archive LIMIT 1',
  );
  for (const table of ['countersign.event_archive', rows[0]?.month]) {
    const refused = 'an event is kept';
    await expect(test.database.sql.query(`DELETE FROM ${table}`)).rejects.toThrow(refused);
    await expect(test.database.sql.query(`TRUNCATE ${table}`)).rejects.toThrow(refused);
    await expect(test.database.sql.query(`UPDATE ${table} SET data = '{}'`)).rejects.toThrow(
      'an event does not change',
    );
  }
  await expect(test.database.sql.query(`SELECT countersign.drop_archive_month('infinity')`)).rejects.toThrow(
    'an event is kept',
  );
  expect(await countEvents(test)).toEqual({ end: 5, archive: 15 });
});
