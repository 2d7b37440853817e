import { describe, expect, it } from 'vitest';
import { openCore } from '../../src/core.ts';
import { formatPosition, parsePosition, type Position } from '../../src/event/position.ts';
import { defaultRetention } from '../../src/maintenance/retention.ts';
import { prune } from '../../src/maintenance/prune.ts';
import { retain } from '../../src/maintenance/retainer.ts';
import { findViolations, openTestCore, untilVisible, type TestCore } from '../../testing/index.ts';
import { archiveAll, countEvents, liveOne, readAll } from '../archive/lives.ts';
import { readOn, take } from '../stream/read-on.ts';

const aYear = { ...defaultRetention, eventDays: 365 };

const refusedAt = (field: string, code: string) => ({
  reason: 'invalid_input',
  details: { issues: [{ path: [field], code, message: expect.stringContaining("from: 'start'") as string }] },
});

/** Five events in each of three months, all archived, and five of now; the year of the first month is over. */
async function liveThroughYears(test: TestCore): Promise<void> {
  for (const moment of [
    '2025-01-15T12:00:00Z',
    '2025-02-15T12:00:00Z',
    '2025-03-15T12:00:00Z',
    '2026-02-10T12:00:00Z',
  ]) {
    test.clock.set(new Date(moment));
    await liveOne(test);
    test.clock.advance({ days: 9 });
    await archiveAll(test);
  }
  await liveOne(test);
  await untilVisible(test.database);
}

describe('after a month of events was dropped', () => {
  it('the log begins at the oldest event that is kept: for a list, a page, a stream, and who says from the start', async () => {
    await using test = await openTestCore();
    await liveThroughYears(test);
    const whole = await readAll(test);
    expect(whole).toHaveLength(25);
    while (await retain(test.service, aYear));
    expect(await countEvents(test)).toEqual({ end: 5, archive: 15 });
    const kept = whole.slice(5);
    expect(await readAll(test)).toEqual(kept);
    expect(await readAll(test, { limit: 1 })).toEqual(kept);
    expect(await readAll(test, { from: 'start', subjectId: 'ada', limit: 3 })).toEqual(kept);
    const stream = await test.core.event.stream(test.service, { from: 'start' });
    expect(await take(stream, kept.length)).toEqual(kept);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('a cursor that would miss some of it is refused, by its field and by a code of its own', async () => {
    await using test = await openTestCore();
    await liveThroughYears(test);
    const whole = await readAll(test);
    while (await retain(test.service, aYear));
    const { reader } = test.core.event;
    await expect.poll(() => formatPosition(reader.place), { timeout: 10_000 }).toBe(whole.at(-1)?.id);
    const refused = refusedAt('after', 'cursor_out_of_retention');
    for (const { id } of whole.slice(0, 4)) {
      for (const filter of [
        {},
        { subjectId: 'ada' },
        { subjectId: 'nobody' },
        { types: ['authorization_request.granted' as const] },
      ])
        await expect(test.core.event.list(test.service, { after: id, ...filter })).rejects.toMatchObject(
          refused,
        );
      await expect(test.core.event.list(test.subject('ada'), { after: id })).rejects.toMatchObject(refused);
      const stream = await test.core.event.stream(test.service, { lastEventId: id });
      await expect(take(stream, 1)).rejects.toMatchObject(
        refusedAt('lastEventId', 'cursor_out_of_retention'),
      );
    }
    // Of the last one that is gone, nothing behind it is missing.
    for (const [index, { id }] of whole.slice(4).entries())
      expect(await readAll(test, { after: id })).toEqual(whole.slice(5 + index));
  });

  it('a month goes only when it is over for that long, one after the other, and none while events are kept for ever', async () => {
    await using test = await openTestCore();
    await liveThroughYears(test);
    await retain(test.service, defaultRetention);
    expect(await countEvents(test)).toMatchObject({ archive: 20 });
    test.clock.set(new Date('2026-01-31T23:59:59Z'));
    expect(await prune(test.service, 365)).toBeNull();
    test.clock.set(new Date('2026-02-01T00:00:00Z'));
    expect(await prune(test.service, 365)).toBe('event_archive_2025_01');
    expect(await prune(test.service, 365)).toBeNull();
    test.clock.set(new Date('2026-04-15T00:00:00Z'));
    expect([
      await prune(test.service, 365),
      await prune(test.service, 365),
      await prune(test.service, 365),
    ]).toEqual(['event_archive_2025_02', 'event_archive_2025_03', null]);
  });

  it('a reader of the archive that takes its time keeps a month, and is not ended', async () => {
    await using test = await openTestCore();
    await liveThroughYears(test);
    const reader = await test.database.sql.connect();
    await reader.query('BEGIN');
    await reader.query('SELECT FROM countersign.event_archive');
    test.clock.set(new Date('2026-02-20T00:00:00Z'));
    expect(await prune(test.service, 365)).toBeNull();
    expect((await reader.query('SELECT FROM countersign.event_archive')).rowCount).toBe(20);
    await reader.query('COMMIT');
    reader.release();
    expect(await prune(test.service, 365)).toBe('event_archive_2025_01');
  });
});

/** Of a log that was written further than this one: after a restore to an earlier state. */
describe('a cursor ahead of the log', () => {
  const newest = async (test: TestCore): Promise<Position> => {
    const place = parsePosition((await readAll(test)).at(-1)?.id ?? '');
    if (place === null) throw new Error('there is an event');
    return place;
  };
  const later = (place: Position, transactions: number) =>
    formatPosition({ ...place, txid: String(BigInt(place.txid) + BigInt(transactions)) });

  it('is refused where it would see nothing, for ever', async () => {
    await using test = await openTestCore();
    await liveOne(test);
    await untilVisible(test.database);
    const place = await newest(test);
    const refused = refusedAt('after', 'cursor_ahead_of_log');
    for (const after of [later(place, 100_000), formatPosition({ ...place, epoch: place.epoch + 1 })]) {
      await expect(test.core.event.list(test.service, { after })).rejects.toMatchObject(refused);
      await expect(test.core.event.list(test.subject('ada'), { after })).rejects.toMatchObject(refused);
    }
  });

  it('ends a stream with that refusal, before it passes an event over', async () => {
    await using test = await openTestCore();
    await liveOne(test);
    await untilVisible(test.database);
    const lastEventId = later(await newest(test), 100_000);
    const reading = readOn(await test.core.event.stream(test.service, { lastEventId }));
    await liveOne(test, 'grace');
    await expect(reading.ended).rejects.toMatchObject(refusedAt('lastEventId', 'cursor_ahead_of_log'));
    expect(reading.told).toEqual([]);
  });

  it('is not what another process has told already, nor the present end', async () => {
    await using test = await openTestCore();
    await liveOne(test);
    await untilVisible(test.database);
    const { cursor: now } = await test.core.event.list(test.service, { from: 'now' });
    expect(await test.core.event.list(test.service, { after: now ?? '' })).toMatchObject({ items: [] });
    // A process whose reader is not there yet: it has the log from its own start on.
    const { secret, clock } = test;
    const options = {
      database: test.database.url,
      secret,
      clock,
      methods: [],
      migrate: false,
      sweep: false,
      listen: false,
    };
    const behind = await openCore(options);
    const reading = readOn(await behind.event.stream(test.service, { lastEventId: now ?? undefined }));
    await liveOne(test, 'grace');
    await expect.poll(() => reading.told.length, { timeout: 10_000 }).toBe(5);
    await behind.close();
    await reading.ended;
  });
});
