import { describe, expect, it } from 'vitest';
import { forget } from '../../src/maintenance/forget.ts';
import { defaultRetention } from '../../src/maintenance/retention.ts';
import { retain } from '../../src/maintenance/retainer.ts';
import { sweep } from '../../src/maintenance/sweep.ts';
import { otp, recoveryCodes, totp } from '../../src/index.ts';
import { findViolations, openTestCore, untilVisible, type TestCore } from '../../testing/index.ts';
import { archiveAll, countEvents, liveOne, readAll } from '../archive/lives.ts';
import { createTransfer, refusal, rightProof, transferData } from '../fixtures.ts';

const justNow = { ...defaultRetention, requestDays: 2, confirmationDays: 2 };

async function countOf({ database }: TestCore, table: string): Promise<number> {
  const { rows } = await database.sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM countersign.${table}`,
  );
  return rows[0]?.count ?? 0;
}

it('deletes finished requests with their challenges and proofs after ninety days, and keeps their events', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  const denied = await createTransfer(test, { data: 1 });
  await test.core.authorizationRequest.deny(test.service, { id: denied.id });
  await createTransfer(test, { data: 2 }); // expires
  test.clock.advance({ days: 1 });
  await sweep(test.service);
  test.clock.advance({ days: 89 });
  expect(await forget(test.service, defaultRetention)).toEqual({ rows: 0, isMore: false });
  const log = await readAll(test);
  test.clock.advance({ days: 2 });
  // With them the counters of the person and of the mailbox.
  expect(await forget(test.service, defaultRetention)).toEqual({ rows: 3 + 2, isMore: false });
  for (const table of ['authorization_request', 'challenge', 'proof'])
    expect(await countOf(test, table)).toBe(0);
  expect(await readAll(test)).toEqual(log);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('never touches what waits, what can still be used, and what was used yesterday', async () => {
  await using test = await openTestCore();
  const waiting = await createTransfer(test, { data: 1, expiresInSeconds: 3600 });
  const usable = await createTransfer(test, { executeWithinSeconds: 86_400 });
  await test.core.authorizationRequest.grant(test.service, { id: usable.id, proof: rightProof(test) });
  const yesterday = await liveOne(test, 'grace');
  for (const hours of [0, 1, 23]) {
    test.clock.advance({ hours });
    // As short as it can be set, and by a clock that is an hour ahead.
    const ahead = { ...test.clock, now: () => new Date(test.clock.now().getTime() + 3_600_000) };
    await retain({ ...test.service, clock: ahead }, { ...justNow, archiveAfterDays: 2 });
    for (const id of [waiting.id, usable.id, yesterday])
      expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({ id });
  }
  const ada = { id: usable.id, slug: 'transfer', subjectId: 'ada', data: transferData };
  test.clock.advance({ seconds: -1 });
  await expect(test.core.authorizationRequest.consume(test.service, ada)).resolves.toMatchObject({
    consumed: true,
  });
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('changes no answer within its days: with the job off, every answer is the same', async () => {
  await using test = await openTestCore();
  const used = await liveOne(test);
  const expired = await createTransfer(test, { data: 1 });
  const young = await createTransfer(test, { data: 2 });
  await test.core.authorizationRequest.cancel(test.service, { id: young.id });
  const answers = async () => {
    const { get, list, consume, grant } = test.core.authorizationRequest;
    const refusalOf = async (call: Promise<unknown>) =>
      await call.catch((error: { reason: string }) => error.reason);
    return [
      ...(await Promise.all([used, expired.id, young.id].map((id) => get(test.service, { id })))),
      await list(test.service, { subjectId: 'ada' }),
      await refusalOf(
        consume(test.service, { id: used, slug: 'transfer', subjectId: 'ada', data: transferData }),
      ),
      await refusalOf(grant(test.service, { id: expired.id, proof: rightProof(test) })),
      await readAll(test),
    ];
  };
  for (const days of [1, 6, 1, 50, 33]) {
    test.clock.advance({ days });
    await untilVisible(test.database);
    const off = await answers();
    await retain(test.service, defaultRetention);
    expect(await answers(), `${days} days later`).toEqual(off);
  }
  expect(await countEvents(test)).toMatchObject({ end: 0 });
});

it('says of what it has deleted that there is nothing, as of any unknown id; a receipt stays valid by itself', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  const { grant, consume, get } = test.core.authorizationRequest;
  await grant(test.service, { id, proof: rightProof(test) });
  const asked = { id, slug: 'transfer', subjectId: 'ada', data: transferData };
  const { receipt } = await consume(test.service, asked);
  test.clock.advance({ days: 92 });
  await forget(test.service, defaultRetention);
  await expect(get(test.service, { id })).rejects.toMatchObject(refusal('not_found'));
  await expect(consume(test.service, asked)).rejects.toMatchObject(refusal('not_found'));
  const told = await readAll(test, { requestId: id });
  expect(told.find(({ type }) => type.endsWith('.consumed'))?.data).toMatchObject({
    dataHash: receipt.dataHash,
  });
});

it('leaves nothing half done when it is cut off, and no proof without its grant', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  test.clock.advance({ days: 92 });
  const { database } = test.service;
  const cut = {
    ...test.service,
    database: {
      ...database,
      transaction: ((run) =>
        database.transaction(async (db, client) => {
          await run(db, client);
          throw new Error('killed');
        })) as typeof database.transaction,
    },
  };
  await expect(forget(cut, defaultRetention)).rejects.toThrow('killed');
  expect(await countOf(test, 'proof')).toBe(1);
  const done = await Promise.all(Array.from({ length: 6 }, () => forget(test.service, defaultRetention)));
  expect(done.reduce((sum, each) => sum + (each?.rows ?? 0), 0)).toBe(1 + 2);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('deletes no more than a batch at a time, and says that there is more', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  await test.core.authorizationRequest.cancel(test.service, { id });
  await test.database.sql.query(
    `INSERT INTO countersign.authorization_request (id, slug, subject_id, title, facts, data, data_hash, display_hash, related_objects, methods,
       required_binding, state, decided_at, sequence, attempts_max, attempts_left, sends_left, execute_within_seconds, created_at, expires_at)
     SELECT gen_random_uuid(), slug, subject_id, title, facts, data, data_hash, display_hash, related_objects, methods, required_binding, state,
       decided_at, sequence, attempts_max, attempts_left, sends_left, execute_within_seconds, created_at, expires_at
     FROM countersign.authorization_request, generate_series(1, 600)`,
  );
  test.clock.advance({ days: 92 });
  expect(await forget(test.service, defaultRetention)).toEqual({ rows: 500 + 1, isMore: true });
  expect(await forget(test.service, defaultRetention)).toEqual({ rows: 101 + 1, isMore: false });
});

describe('of what a factor has proven with', () => {
  it('forgets steps of an authenticator app, which it takes no more; a recovery code stays used for ever', async () => {
    await using test = await openTestCore({
      methods: [otp({ send: async () => undefined }), totp(), recoveryCodes()],
    });
    await test.database.sql.query(`
      INSERT INTO countersign.factor (id, subject_id, method, method_id, title, status, is_active, is_default, binding, sequence, created_at, removed_at)
      SELECT gen_random_uuid(), 'ada', method, gen_random_uuid(), '', 'new', true, false, 'none', 1, now(), now()
      FROM unnest(ARRAY['totp', 'recovery-code', 'own']) AS method;
      INSERT INTO countersign.factor_mark SELECT f.id, mark, now() - days * interval '1 day'
      FROM countersign.factor f, (VALUES ('58000000', 91), ('58400000', 89), ('nS5Lk2Hq1Zr0', 400)) AS m (mark, days)`);
    expect(await forget(test.service, defaultRetention)).toMatchObject({ rows: 1 });
    const { rows } = await test.database.sql.query(
      `SELECT f.method, array_agg(mark ORDER BY mark) AS marks FROM countersign.factor_mark m
       JOIN countersign.factor f ON f.id = m.factor_id GROUP BY f.method ORDER BY f.method`,
    );
    const all = ['58000000', '58400000', 'nS5Lk2Hq1Zr0'];
    expect(rows).toEqual([
      { method: 'own', marks: all },
      { method: 'recovery-code', marks: all },
      { method: 'totp', marks: all.slice(1) },
    ]);
  });
});

it('deletes used and expired confirmations after thirty days, ended tokens and revocations after ninety', async () => {
  await using test = await openTestCore();
  await test.database.sql.query(`
    INSERT INTO countersign.confirmation (id, budget_key, method, method_id, data_hash, display_hash, title, state, confirmed_at, used_at, sequence,
      attempts_max, attempts_left, created_at, expires_at)
    SELECT gen_random_uuid(), state, 'otp', gen_random_uuid(), '', '', '', state, CASE WHEN state IN ('used', 'confirmed') THEN moment END,
      CASE state WHEN 'used' THEN moment END, 1, 5, 5, moment, moment
    FROM unnest(ARRAY['open', 'confirmed', 'used', 'expired']) AS state, unnest(ARRAY[now() - interval '31 days', now() - interval '29 days']) AS moment;
    INSERT INTO countersign.scoped_token (id, subject_id, kid, issued_by, issued_at, expires_at)
    SELECT gen_random_uuid(), 'ada', 'a', 'service', now() - days * interval '1 day', now() - (days - 1) * interval '1 day'
    FROM unnest(ARRAY[93, 90, 1]) AS days;
    INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by)
    SELECT gen_random_uuid(), 'jti', '', now() - days * interval '1 day', now() - interval '92 days', 'service' FROM unnest(ARRAY[91, 89]) AS days`);
  expect(await forget(test.service, defaultRetention)).toEqual({ rows: 4, isMore: false });
  const { rows } = await test.database.sql.query(
    'SELECT state FROM countersign.confirmation ORDER BY state, expires_at',
  );
  expect(rows.map(({ state }: { state: string }) => state)).toEqual(
    'confirmed confirmed expired open open used'.split(' '),
  );
  expect(await countOf(test, 'scoped_token')).toBe(2);
  expect(await countOf(test, 'token_revocation')).toBe(1);
});

it('is refused when it is not said to the database that this is the retention', async () => {
  await using test = await openTestCore();
  await liveOne(test);
  test.clock.advance({ days: 8 });
  await archiveAll(test);
  for (const [table, refused] of [
    ['authorization_request', 'an authorization request is kept'],
    ['proof', 'a proof is kept'],
    ['event_archive', 'an event is kept'],
  ])
    await expect(test.database.sql.query(`DELETE FROM countersign.${table}`)).rejects.toThrow(refused);
});
