import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { readFigures } from '../../src/figures.ts';
import { parsePosition } from '../../src/event/position.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';
import { archiveAll, countEvents, liveThroughAWeek, readAll } from '../archive/lives.ts';

const daySeconds = 86_400;

/** A named reader that has everything up to an event; without one, nothing. */
async function place({ database }: TestCore, name: string, event?: string): Promise<void> {
  const at = event === undefined ? null : parsePosition(event);
  await database.sql.query(
    `INSERT INTO countersign.subscriber (name, epoch, txid, sequence, id, created_at, moved_at)
     VALUES ($1, $2, $3::text::xid8, $4, $5, now(), now())`,
    [name, at?.epoch ?? 0, at?.txid ?? '0', at?.sequence ?? 0, at?.id ?? randomUUID()],
  );
}

async function lagOf({ core, service }: TestCore) {
  const { subscribers } = await core.figures();
  const { items } = await core.subscriber.listSubscribers(service, {});
  return subscribers.map(({ name, lagEvents, lagSeconds }) => ({
    name,
    lagEvents,
    lagSeconds,
    isListed: items.find((item) => item.name === name)?.lagSeconds,
  }));
}

it('a subscriber is as far behind after events were archived as it was before', async () => {
  await using test = await openTestCore();
  await liveThroughAWeek(test);
  const log = await readAll(test);
  await place(test, 'at the start');
  await place(test, 'in the archive', log[9]?.id);
  await place(test, 'behind the archive', log[14]?.id);
  await place(test, 'nearly there', log[18]?.id);
  await place(test, 'up to date', log[19]?.id);
  test.clock.advance(60);
  const late = (name: string, lagEvents: number, lagSeconds: number) => ({
    name,
    lagEvents,
    lagSeconds,
    isListed: lagSeconds,
  });
  const expected = [
    late('at the start', 20, 8 * daySeconds + 60),
    late('behind the archive', 5, 60),
    late('in the archive', 10, 8 * daySeconds + 60),
    late('nearly there', 1, 60),
    late('up to date', 0, 0),
  ];
  expect(await lagOf(test)).toEqual(expected);
  await archiveAll(test);
  expect(await countEvents(test)).toEqual({ end: 5, archive: 15 });
  expect(await lagOf(test)).toEqual(expected);

  test.clock.advance({ days: 8 });
  await archiveAll(test);
  expect(await countEvents(test)).toEqual({ end: 0, archive: 20 });
  expect(await lagOf(test)).toEqual(
    expected.map((lag) => {
      const lagSeconds = lag.lagEvents === 0 ? 0 : lag.lagSeconds + 8 * daySeconds;
      return late(lag.name, lag.lagEvents, lagSeconds);
    }),
  );
});

it('how far is counted up to 1,000, and the archive is asked for those alone that stand in it', async () => {
  await using test = await openTestCore();
  const { sql } = test.database;
  await sql.query(
    `INSERT INTO countersign.event (epoch, txid, sequence, id, type, occurred_at, about_kind, about_id, data)
     SELECT 1, n::text::xid8, 1, gen_random_uuid(), 'factor.created',
       $1::timestamptz - CASE WHEN n <= 300 THEN interval '10 days' ELSE interval '1 hour' END, 'factor', gen_random_uuid(), '{}'
     FROM generate_series(4, 503) n, generate_series(1, 4)`,
    [test.clock.now()],
  );
  await archiveAll(test);
  expect(await countEvents(test)).toEqual({ end: 812, archive: 1188 });
  await sql.query('ANALYZE countersign.event');
  const log = await readAll(test, { limit: 500 });
  await place(test, 'a, in the middle of the archive', log[999]?.id);
  await place(test, 'b, at the start');
  await place(test, 'c, at the end of the archive', log[1187]?.id);
  expect((await test.core.figures()).subscribers.map(({ lagEvents }) => lagEvents)).toEqual([
    1000, 1000, 812,
  ]);

  const client = await sql.connect();
  await client.query("SET plan_cache_mode = 'force_generic_plan'");
  await client.query(`PREPARE figures AS ${readFigures.text}`);
  const values = { epoch: 2, txid: "'0'", sequence: 0, id: 'gen_random_uuid()', now: 'now()' };
  const given = readFigures.parameters.map((name) => values[name]).join(', ');
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE figures(${given})`,
  );
  client.release();
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
  const asked = [...plan.matchAll(/archived_after \S+ \((?:never executed|actual rows=\S+ loops=(\d+))\)/g)];
  expect(asked.map(([, loops = '0']) => loops).toSorted()).toEqual(['0', '2']);
});
