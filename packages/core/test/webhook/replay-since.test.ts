import { expect, it } from 'vitest';
import { openTestCore, untilVisible, type TestCore } from '../../testing/index.ts';
import { archiveAll, countEvents } from '../archive/lives.ts';
import { createEndpoint, operatorOf } from './endpoints.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** What a moment may be before another and still count as the same. */
const marginMs = 60_000;

/** An event as it stands in the log: in which epoch, by which transaction, how long ago. */
interface Told {
  readonly epoch: number;
  readonly txid: number;
  readonly agoMs: number;
}

/** A log as it could be after some restores; the last of these epochs is the one that holds. */
async function tell({ clock, database }: TestCore, events: readonly Told[]): Promise<void> {
  const now = clock.now().getTime();
  await database.sql.query(
    `INSERT INTO countersign.event (epoch, txid, sequence, id, type, occurred_at, about_kind, about_id, data)
     SELECT epoch, txid::text::xid8, place, gen_random_uuid(), 'scoped_token.issued', at, 'scoped_token', gen_random_uuid(), '{}'
     FROM unnest($1::int[], $2::bigint[], $3::timestamptz[]) WITH ORDINALITY AS told (epoch, txid, at, place)`,
    [
      events.map(({ epoch }) => epoch),
      events.map(({ txid }) => txid),
      events.map(({ agoMs }) => new Date(now - agoMs)),
    ],
  );
  const epoch = Math.max(...events.map((told) => told.epoch));
  await database.sql.query('UPDATE countersign.installation SET epoch = $1', [epoch]);
  await untilVisible({ sql: database.sql });
}

/** What a replay since a moment owes to an endpoint that has nothing yet: how long ago each of it happened. */
async function replayedSince(test: TestCore, agoMs: number): Promise<{ agoMs: number[]; isAll: boolean }> {
  const { id } = await createEndpoint(test);
  const now = test.clock.now().getTime();
  const since = new Date(now - agoMs).toISOString();
  const { replayed, cursor } = await test.core.webhook.replay(operatorOf(test), { endpointId: id, since });
  const { rows } = await test.database.sql.query<{ at: string }>(
    `SELECT body::json ->> 'timestamp' AS at FROM countersign.webhook_delivery WHERE endpoint_id =
       (SELECT id FROM countersign.webhook_endpoint ORDER BY id DESC LIMIT 1)`,
  );
  expect(rows).toHaveLength(replayed);
  const told = rows.map(({ at }) => now - new Date(at).getTime()).toSorted((a, b) => b - a);
  await test.core.webhook.remove(operatorOf(test), { id });
  return { agoMs: told, isAll: cursor === null };
}

it('since yesterday brings what happened since yesterday, however much older epochs hold', async () => {
  await using test = await openTestCore();
  const old = Array.from({ length: 200 }, (_, n) => ({
    epoch: 1,
    txid: 7_000_000 + n,
    agoMs: (1000 - n) * dayMs,
  }));
  const young = [23, 5, 1].map((hours, n) => ({ epoch: 2, txid: 10 + n, agoMs: hours * hourMs }));
  await tell(test, [...old, ...young]);
  expect(await replayedSince(test, dayMs)).toEqual({
    agoMs: [23 * hourMs, 5 * hourMs, hourMs],
    isAll: true,
  });
  // In the archive as in the end of the log.
  await archiveAll(test);
  expect(await countEvents(test)).toEqual({ end: 3, archive: 200 });
  expect(await replayedSince(test, dayMs)).toEqual({
    agoMs: [23 * hourMs, 5 * hourMs, hourMs],
    isAll: true,
  });
});

it('brings exactly what happened since, whichever epoch the moment is in, archived or not', async () => {
  await using test = await openTestCore();
  // In the third nothing happened; in the fourth the numbers begin anew below those of the first ones.
  const told = [
    ...[90, 80, 70, 60, 50].map((days, n) => ({
      epoch: 1,
      txid: 5_000_000_000 + 7 * n,
      agoMs: days * dayMs,
    })),
    { epoch: 2, txid: 40, agoMs: 45 * dayMs },
    ...[40, 30, 20].map((days, n) => ({ epoch: 4, txid: 12 + n, agoMs: days * dayMs })),
    ...[10, 5, 3, 2, 1].map((days, n) => ({ epoch: 5, txid: 30 + n, agoMs: days * dayMs })),
  ];
  await tell(test, told);
  const compareSince = async (moments: readonly number[]) => {
    for (const days of moments) {
      const moment = days * dayMs + marginMs;
      const expected = told.map(({ agoMs }) => agoMs).filter((agoMs) => agoMs <= moment);
      expect(await replayedSince(test, days * dayMs), `since ${days} days`).toEqual({
        agoMs: expected,
        isAll: true,
      });
    }
  };
  const moments = [100, 90, 79, 50, 45, 41, 40, 20, 15, 10, 3, 1, 0];
  await compareSince(moments);
  await archiveAll(test, 2);
  expect(await countEvents(test)).toEqual({ end: 1, archive: 13 });
  await compareSince(moments);
});

it('since a moment of which the log is gone begins at the oldest event that is kept', async () => {
  await using test = await openTestCore();
  const told = [
    // A transaction of which the end alone is kept.
    ...[100, 90, 42, 40].map((days) => ({ epoch: 1, txid: 900, agoMs: days * dayMs })),
    ...[9, 1].map((days, n) => ({ epoch: 2, txid: 10 + n, agoMs: days * dayMs })),
  ];
  await tell(test, told);
  await archiveAll(test);
  const client = await test.database.sql.connect();
  await client.query('BEGIN');
  await client.query(`SELECT set_config('countersign.retention', 'on', true)`);
  const before = new Date(test.clock.now().getTime() - 45 * dayMs);
  for (;;) {
    const { rows } = await client.query<{ dropped: string | null }>(
      'SELECT countersign.drop_archive_month($1) AS dropped',
      [before],
    );
    if (rows[0]?.dropped === null) break;
  }
  await client.query('COMMIT');
  client.release();
  expect(await countEvents(test)).toEqual({ end: 1, archive: 3 });
  for (const days of [2000, 95, 60, 42, 41, 39, 10, 9, 2])
    expect(await replayedSince(test, days * dayMs), `since ${days} days`).toEqual({
      agoMs: [42, 40, 9, 1].filter((kept) => kept <= days).map((kept) => kept * dayMs),
      isAll: true,
    });
});

it('of which one event or another is dated by a clock that was wrong, it loses nothing and brings nothing older', async () => {
  await using test = await openTestCore();
  const aheadMs = -60 * 365 * dayMs;
  const behindMs = 30 * 365 * dayMs;
  const days = Array.from({ length: 40 }, (_, n) => (40 - n) * dayMs);
  const wrong = new Map([
    [0, aheadMs],
    [7, behindMs],
    [15, aheadMs],
    [22, behindMs],
    [31, aheadMs],
    [39, behindMs],
  ]);
  // Numbers far from each other: what comes next is asked again and again at the same event.
  const txid = (n: number) => [100, 1_000_000, 3_000_000_000][n % 3] ?? 0;
  const told = days.map((agoMs, n) => ({
    epoch: n < 20 ? 1 : 2,
    txid: n < 20 ? txid(0) * (n + 1) : 10 + n,
    agoMs: wrong.get(n) ?? agoMs,
  }));
  await tell(test, told);
  for (const [place, since] of days.entries()) {
    // Where it could make a difference: at one of them, or beside it.
    if (![...wrong.keys()].some((at) => Math.abs(at - place) <= 1)) continue;
    const right = days.filter((_, n) => n >= place && !wrong.has(n));
    const { agoMs } = await replayedSince(test, since);
    expect(
      agoMs.filter((ago) => ago > 0),
      `since ${since / dayMs} days`,
    ).toEqual(right);
  }
});

it('brings what a transaction did after the moment which had begun before it', async () => {
  await using test = await openTestCore();
  const minutes = [50, 45, 40, 35, 9, 8, 7];
  await tell(test, [
    { epoch: 1, txid: 10, agoMs: dayMs },
    { epoch: 1, txid: 11, agoMs: dayMs },
    ...minutes.map((ago) => ({ epoch: 1, txid: 12, agoMs: ago * 60_000 })),
  ]);
  expect((await replayedSince(test, 600_000)).agoMs).toEqual([9, 8, 7].map((ago) => ago * 60_000));
});
