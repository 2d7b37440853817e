import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatId } from '../../src/id.ts';
import { archive } from '../../src/maintenance/archive.ts';
import { findViolations, openTestCore, untilVisible, type TestCore } from '../../testing/index.ts';
import { createRandom } from '../../testing/random.ts';
import { compare, faultless, type Compared } from '../log/compare.ts';
import { startOwnServer } from '../log/own-server.ts';
import { followerOf, pagerOf, reconnectingPagerOf, type Reader, type Told } from '../log/reader.ts';
import { cutStreamOf, slowStreamOf, streamOf } from '../log/stream-reader.ts';
import { archiveAll, liveOne, liveThroughAWeek } from './lives.ts';

const rounds = 12;
const limits = {
  sendsPerSubjectDayMax: 1000,
  sendsPerRecipientDayMax: 1000,
  sendsPerRecipient10MinutesMax: 1000,
  wrongProofsPerDayMax: 33,
};

let server: AsyncDisposable;
beforeAll(async () => {
  server = await startOwnServer();
}, 60_000);
afterAll(() => server[Symbol.asyncDispose]());

interface Seam {
  readonly archived: number;
  readonly readers: Readonly<Record<string, Compared>>;
}

/** Writers, readers of every kind, and two processes that archive whatever nothing can appear before, at the same time. */
async function writeReadAndArchive(test: TestCore): Promise<Seam> {
  const followers = [
    streamOf(test),
    cutStreamOf(test, createRandom(1)),
    slowStreamOf(test),
    followerOf(test),
  ];
  const readers: Reader[] = [pagerOf(test, 7), reconnectingPagerOf(test, createRandom(2)), ...followers];
  let isOver = false;
  let archived = 0;
  const archiving = [0, 1].map(async (place) => {
    while (!isOver) {
      archived += (await archive(test.service, { archiveAfterDays: 0 })) ?? 0;
      await sleep(3 + place);
    }
  });
  const reading = readers.map(async (reader) => {
    for (let quiet = 0; quiet < 20;) {
      const wasOver = isOver;
      const found = await reader.read();
      quiet = wasOver && !found ? quiet + 1 : 0;
      if (!found) await sleep(3);
    }
  });
  const writing = ['ada', 'grace', 'alan'].map(async (subjectId) => {
    for (let round = 0; round < rounds; round += 1) await liveOne(test, subjectId);
  });
  await Promise.all(writing);
  await untilVisible(test.database);
  isOver = true;
  await Promise.all([...reading, ...archiving]);
  const truth = await readTruth(test.database.sql);
  await expect
    .poll(() => followers.every(({ told }) => told.length >= truth.length), { timeout: 10_000 })
    .toBe(true);
  await Promise.all(followers.map((follower) => follower.stop()));
  return {
    archived,
    readers: Object.fromEntries(readers.map(({ name, told }) => [name, compare(truth, told)])),
  };
}

async function readTruth(sql: pg.Pool): Promise<Told[]> {
  const { rows } = await sql.query<{ about_id: string; sequence: number }>(
    'SELECT about_id, sequence FROM countersign.event UNION ALL SELECT about_id, sequence FROM countersign.event_archive',
  );
  return rows.map(({ about_id: about, sequence }) => ({
    about: formatId('authorizationRequest', about),
    sequence,
  }));
}

it('tells every reader each event once and in order, while two processes move what it reads', async () => {
  await using test = await openTestCore({ limits });
  const { archived, readers } = await writeReadAndArchive(test);
  expect(archived).toBeGreaterThan(20);
  for (const [name, compared] of Object.entries(readers))
    expect(compared, name).toEqual({ told: rounds * 3 * 5, ...faultless });
  expect(Object.keys(readers)).toHaveLength(6);
  expect(await findViolations(test.database.sql, { now: test.clock.now(), limits })).toEqual([]);
}, 60_000);

describe('a statement that is in the middle of the log when what it reads is moved', () => {
  const held = 72_619;
  /** How often it tells an event, with the function that reads the archive as it is, or another kind of one. */
  async function readWhileMoved(test: TestCore, kind: 'STABLE' | 'VOLATILE') {
    const { sql } = test.database;
    await sql.query(`ALTER FUNCTION countersign.archived_after(countersign.place, integer) ${kind}`);
    await liveThroughAWeek(test);
    const [holder, reader] = [await sql.connect(), await sql.connect()];
    await holder.query('SELECT pg_advisory_lock($1)', [held]);
    const reading = reader.query<{ id: string }>(
      `SELECT e.id FROM countersign.event e, (SELECT pg_advisory_lock(${held})) AS waits
       UNION ALL SELECT e.id FROM countersign.archived_after(ROW(0, '0', 0, gen_random_uuid())::countersign.place, 500) e`,
    );
    const waits = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${held} AND NOT granted`;
    await expect
      .poll(async () => (await sql.query(waits)).rowCount, { timeout: 10_000, interval: 10 })
      .toBe(1);
    await archiveAll(test);
    await holder.query('SELECT pg_advisory_unlock($1)', [held]);
    const { rows } = await reading;
    for (const client of [holder, reader]) client.release(true);
    return { told: rows.length, events: new Set(rows.map(({ id }) => id)).size };
  }

  it('tells each event once: the archive is seen as of when the statement began', async () => {
    await using test = await openTestCore();
    expect(await readWhileMoved(test, 'STABLE')).toEqual({ told: 20, events: 20 });
  });

  it('tells them twice when the archive is seen as of when it is looked at (naive)', async () => {
    await using test = await openTestCore();
    expect(await readWhileMoved(test, 'VOLATILE')).toEqual({ told: 35, events: 20 });
  });
});

/** Two looks where there is one: naive, since what is moved in between was in neither. */
describe('a naive reader that asks', () => {
  const end = 'SELECT id FROM countersign.event';
  const archived = 'SELECT id FROM countersign.event_archive';
  const count = async (test: TestCore, [first, second]: readonly [string, string]) => {
    const before = await test.database.sql.query(first);
    await archiveAll(test);
    const after = await test.database.sql.query(second);
    return before.rows.length + after.rows.length;
  };

  it('the archive and then the end of the log loses what is moved in between', async () => {
    await using test = await openTestCore();
    await liveThroughAWeek(test);
    expect(await count(test, [archived, end])).toBe(20 - 15);
  });

  it('the end of the log and then the archive reads twice what is moved in between', async () => {
    await using test = await openTestCore();
    await liveThroughAWeek(test);
    expect(await count(test, [end, archived])).toBe(20 + 15);
  });

  it('only the end of the log has lost what was archived', async () => {
    await using test = await openTestCore();
    await liveThroughAWeek(test);
    await archiveAll(test);
    expect((await test.database.sql.query(end)).rows).toHaveLength(5);
  });
});
