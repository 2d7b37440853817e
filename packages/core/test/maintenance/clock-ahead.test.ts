import { describe, expect, it } from 'vitest';
import type { CoreContext } from '../../src/context.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { forget } from '../../src/maintenance/forget.ts';
import { prune } from '../../src/maintenance/prune.ts';
import { retain, retainWatchfully } from '../../src/maintenance/retainer.ts';
import { defaultRetention } from '../../src/maintenance/retention.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import { systemClock } from '../../src/runtime.ts';
import { createTestClock, openTestCore, type TestCore } from '../../testing/index.ts';
import { recordTelemetry } from '../../testing/telemetry.ts';
import { archiveAll, countEvents, liveOne } from '../archive/lives.ts';
import { createTransfer } from '../fixtures.ts';

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;

/** The same process with a clock that runs, and is so far ahead of the database's. */
function ahead(service: CoreContext, milliseconds: number): CoreContext {
  return { ...service, clock: { now: () => new Date(Date.now() + milliseconds) } };
}

const kept = [
  'authorization_request',
  'proof',
  'token_revocation',
  'scoped_token',
  'token_key',
  'idempotency_key',
];

async function countAll({ database }: TestCore): Promise<Record<string, number>> {
  const { rows } = await database.sql.query<Record<string, number>>(
    `SELECT ${kept.map((table) => `(SELECT count(*)::int FROM countersign.${table}) AS ${table}`).join(', ')}`,
  );
  return rows[0] ?? {};
}

/** One of everything that is still needed, or at least asked for: all of it is over in a year. */
async function liveToday(test: TestCore): Promise<void> {
  await liveOne(test);
  await createTransfer(test, { data: 'once', idempotencyKey: 'once' });
  await test.database.sql.query(`
    INSERT INTO countersign.scoped_token (id, subject_id, kid, issued_by, issued_at, expires_at)
    VALUES (gen_random_uuid(), 'ada', 'a', 'service', now(), now() + interval '1 day');
    INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by)
    VALUES (gen_random_uuid(), 'jti', 'ada', now() + interval '1 day', now(), 'service');
    INSERT INTO countersign.token_key (kid, state, wrapped_root, secret_key_id, created_at, retiring_at, ends_at)
    VALUES ('a', 'retiring', '', '', now(), now(), now() + interval '1 day')`);
}

describe('a node whose clock is a year ahead', () => {
  it('deletes nothing that nodes with right clocks still need: no revocation, request, token, key, idempotency key', async () => {
    await using test = await openTestCore();
    await liveToday(test);
    const before = await countAll(test);
    expect(Object.values(before).every((count) => count > 0)).toBe(true);
    const node = ahead(test.service, yearMs);
    await retain(node, defaultRetention).catch(() => undefined);
    await forget(node, defaultRetention).catch(() => undefined);
    await sweep(node);
    expect(await countAll(test)).toEqual(before);
    const again = await createTransfer(test, { data: 'once', idempotencyKey: 'once' });
    expect(await test.core.authorizationRequest.list(test.service, { subjectId: 'ada' })).toMatchObject({
      items: [{ id: again.id }, {}],
    });
  });

  it('moves no event, and drops no month', async () => {
    await using test = await openTestCore();
    await liveOne(test);
    const node = ahead(test.service, 2 * yearMs);
    await retain(node, { ...defaultRetention, eventDays: 365 }).catch(() => undefined);
    expect(await countEvents(test)).toEqual({ end: 5, archive: 0 });
    test.clock.advance({ days: 8 });
    await archiveAll(test);
    await expect(prune(node, 365)).rejects.toThrow('ahead of the database');
    expect(await countEvents(test)).toEqual({ end: 0, archive: 5 });
  });

  it('says so once, in numbers alone, counts each run as failed, and goes on by itself once it is right', async () => {
    const telemetry = recordTelemetry();
    const said: [Readonly<Record<string, unknown>>, string][] = [];
    await using test = await openTestCore({ telemetry });
    const logger = { ...test.service.logger, warn: (...line: (typeof said)[number]) => void said.push(line) };
    let aheadMs = yearMs;
    const clock = { now: () => new Date(Date.now() + aheadMs) };
    const run = retainWatchfully({ ...test.service, logger, clock }, defaultRetention);
    for (let runs = 0; runs < 3; runs += 1) expect(await run()).toBe(false);
    expect(said).toEqual([
      [
        { aheadMilliseconds: expect.any(Number) as number, aheadMillisecondsMax: 300_000 },
        'the clock is ahead of the database: nothing is archived or deleted',
      ],
    ]);
    expect(Math.abs(Number(said[0]?.[0]['aheadMilliseconds']) - yearMs)).toBeLessThan(60_000);
    expect(telemetry.counts('job_runs')).toEqual({ 'job_runs{job="retention",outcome="failed"}': 3 });
    aheadMs = 0;
    await run();
    expect(telemetry.counts('job_runs')).toMatchObject({ 'job_runs{job="retention",outcome="done"}': 1 });
    aheadMs = yearMs;
    await run();
    expect(said).toHaveLength(2);
  });

  it('is told by the diagnosis, unless it is moved by a test', async () => {
    await using test = await openTestCore();
    const telling = async (service: CoreContext) => (await diagnose(service)).isTooFarAhead;
    expect(await telling(ahead(test.service, 6 * 60_000))).toBe(true);
    expect(await telling(ahead(test.service, 4 * 60_000))).toBe(false);
    test.clock.advance({ days: 400 });
    expect(await telling(test.service)).toBe(false);
  });
});

it('what expires after a node with such a clock has swept is swept by the others, however late they come', async () => {
  await using test = await openTestCore();
  for (const milliseconds of [yearMs, 4 * 60_000]) {
    await sweep(ahead(test.service, milliseconds));
    const { id } = await createTransfer(test, { data: milliseconds, expiresInSeconds: 60 });
    test.clock.advance({ minutes: 3 });
    expect(await sweep(test.service)).toBe(1);
    const { items } = await test.events(test.service, {
      types: ['authorization_request.expired'],
      requestId: id,
    });
    expect(items).toHaveLength(1);
    test.clock.advance({ minutes: -3 });
  }
});

it('no clock that runs is exempt: only one that a test moves says so', () => {
  expect(systemClock).not.toHaveProperty('isMovedByHand');
  expect(createTestClock()).toHaveProperty('isMovedByHand', true);
});

it('minutes ahead, or behind as far as it likes, a node goes on: it deletes what is over for days', async () => {
  await using test = await openTestCore();
  const revoke = async (days: number) =>
    await test.database.sql.query(
      `INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by)
       VALUES (gen_random_uuid(), 'jti', '', now() - $1 * interval '1 day', now() - interval '900 days', 'service')`,
      [days],
    );
  for (const [milliseconds, days] of [
    [4 * 60_000, 91],
    [-24 * hourMs, 92],
    [-yearMs, 456],
  ] as const) {
    await revoke(days);
    expect(await forget(ahead(test.service, milliseconds), defaultRetention)).toMatchObject({ rows: 1 });
  }
  await revoke(91);
  expect(await forget(ahead(test.service, -2 * 24 * hourMs), defaultRetention)).toMatchObject({ rows: 0 });
});
