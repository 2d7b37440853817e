import { expect, it } from 'vitest';
import { eventTypes, type EventType } from '../../src/index.ts';
import { matches, type LogFilter } from '../../src/event/filter.ts';
import { isBefore, logStart, type Position } from '../../src/event/position.ts';
import { logEnd, readAfter, readNew } from '../../src/event/read.ts';
import type { EventRow } from '../../src/event/row.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { createRandom, type Random } from '../../testing/random.ts';

/** Names and sessions that a careless comparison would take for each other. */
const subjects = ['ada', 'Ada', 'ada ', 'null', ''];
const sessions = [null, 's1', 'S1', 's1 ', 'null', ''];
const slugs = ['transfer', 'Transfer', 'transfers'];
const types: EventType[] = ['authorization_request.created', 'authorization_request.granted'];

it('shows the same events in a page and as they happen, whatever the filter', async () => {
  await using test = await openTestCore();
  const random = createRandom(0x5eed);
  const all = await writeEvents(test, random);
  expect(all).toHaveLength(400);
  let shown = 0;
  for (let times = 0; times < 500; times += 1) {
    const filter = anyFilter(random, all);
    const { rows } = await readAfter(test.service.database.pool, filter, logStart, 500);
    const live = all.filter((row) => matches(row, filter));
    expect(
      rows.map(({ id }) => id),
      JSON.stringify(filter),
    ).toEqual(live.map(({ id }) => id));
    shown += rows.length;
  }
  expect(shown).toBeGreaterThan(1000);
});

it('knows what stands before what as PostgreSQL does', async () => {
  await using test = await openTestCore();
  const random = createRandom(0x5eed);
  const all = await writeEvents(test, random);
  for (const [index, row] of all.entries()) {
    expect(all.findIndex((other) => !isBefore(other, row))).toBe(index);
  }
  const place = (): Position => ({
    epoch: random.pick([0, 1, 2, 0x7fffffff]),
    txid: random.pick(['0', '1', '9', '10', '99', '9223372036854775807']),
    sequence: random.pick([0, 1, 0x7fffffff]),
    id: random.pick([
      logStart.id,
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      'a0000000-0000-7000-8000-000000000000',
    ]),
  });
  const pairs = Array.from({ length: 1000 }, () => [place(), place()] as const);
  const { rows } = await test.database.sql.query<{ before: boolean }>(
    `SELECT (a.epoch, a.txid::xid8, a.sequence, a.id) < (b.epoch, b.txid::xid8, b.sequence, b.id) AS before
     FROM jsonb_array_elements($1) WITH ORDINALITY AS pair (value, n),
       jsonb_to_record(value -> 0) AS a (epoch integer, txid text, sequence integer, id uuid),
       jsonb_to_record(value -> 1) AS b (epoch integer, txid text, sequence integer, id uuid) ORDER BY n`,
    [JSON.stringify(pairs)],
  );
  expect(pairs.map(([a, b]) => isBefore(a, b))).toEqual(rows.map(({ before }) => before));
});

/** Events of many subjects, sessions and kinds, several of one transaction; as the reader of the log reads them. */
async function writeEvents(test: TestCore, random: Random): Promise<EventRow[]> {
  const events = Array.from({ length: 400 }, (_, n) => ({
    txid: String(3 + random.integer(50)),
    sequence: 1 + random.integer(3),
    type: random.pick([...types, eventTypes.at(-1)]),
    subject_id: random.pick([...subjects, null]),
    session_id: random.pick(sessions),
    slug: random.pick([...slugs, null]),
    about: n % 40,
  }));
  await test.database.sql.query(
    `ALTER TABLE countersign.event DROP CONSTRAINT event_once;
     CREATE TABLE thing AS SELECT n, gen_random_uuid() AS id FROM generate_series(0, 39) AS n`,
  );
  await test.database.sql.query(
    `INSERT INTO countersign.event (epoch, txid, sequence, id, type, occurred_at, subject_id, session_id, slug, about_kind, about_id, data)
     SELECT 1, e.txid::xid8, e.sequence, gen_random_uuid(), e.type, now(), e.subject_id, e.session_id, e.slug, 'authorization_request', thing.id, '{}'
     FROM jsonb_to_recordset($1) AS e (txid text, sequence integer, type text, subject_id text, session_id text, slug text, about integer)
     JOIN thing ON thing.n = e.about`,
    [JSON.stringify(events)],
  );
  expect(isBefore(logStart, await logEnd(test.service.database.pool))).toBe(true);
  return await test.service.database.pool.query(readNew, { ...logStart, limit: 500 });
}

function anyFilter(random: Random, all: readonly EventRow[]): LogFilter {
  const some = <Value>(values: readonly Value[]): Value | null =>
    random.next() < 0.5 ? null : random.pick(values);
  return {
    subjectId: some(subjects),
    aboutId: random.next() < 0.8 ? null : random.pick(all).about_id,
    types: random.next() < 0.5 ? null : [random.pick(types)],
    slug: some(slugs),
    everySession: random.next() < 0.3,
    sessionId: random.pick(sessions),
  };
}
