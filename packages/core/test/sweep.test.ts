import { expect, it } from 'vitest';
import { sweep } from '../src/maintenance/sweep.ts';
import { openTestCore } from '../testing/index.ts';
import { createTransfer, refusal, rightProof } from './fixtures.ts';

it('expires with an event what nobody answered, and changes no answer by it', async () => {
  await using test = await openTestCore();
  const { id, expiresAt } = await createTransfer(test);
  const decided = await createTransfer(test, { data: 1 });
  await test.core.authorizationRequest.deny(test.service, { id: decided.id });
  expect(await sweep(test.service)).toBe(0);
  test.clock.set(expiresAt);
  const before = await test.core.authorizationRequest.get(test.service, { id });
  expect(before).toMatchObject({ state: 'expired', decidedAt: expiresAt, challenge: null });
  test.clock.advance(2);
  expect(await sweep(test.service)).toBe(1);
  expect(await sweep(test.service)).toBe(0);
  expect(await test.core.authorizationRequest.get(test.service, { id })).toEqual(before);
  const { items } = await test.events(test.service, { types: ['authorization_request.expired'] });
  expect(items).toMatchObject([
    { about: { id }, occurredAt: expiresAt, sequence: 3, data: { expiresAt: expiresAt.toISOString() } },
  ]);
});

it('is not needed for anything: at its expiry a request refuses every command, with no job running', async () => {
  await using test = await openTestCore();
  const { id, expiresAt } = await createTransfer(test);
  const proof = rightProof(test);
  test.clock.set(new Date(expiresAt.getTime() - 1));
  expect(await test.core.authorizationRequest.check(test.service, { id, proof })).toMatchObject({
    valid: true,
  });
  test.clock.set(expiresAt);
  const api = test.core.authorizationRequest;
  for (const run of [
    () => api.grant(test.service, { id, proof }),
    () => api.grant(test.service, { id }),
    () => api.check(test.service, { id, proof }),
    () => api.challenge(test.service, { id }),
    () => api.reset(test.service, { id }),
    () => api.deny(test.service, { id }),
    () => api.cancel(test.service, { id }),
  ]) {
    await expect(run()).rejects.toMatchObject(refusal('expired'));
  }
});

it('is done by one process at a time', async () => {
  await using test = await openTestCore();
  await createTransfer(test);
  test.clock.advance(301);
  const other = await test.database.sql.connect();
  await other.query('BEGIN');
  await other.query('SELECT pg_advisory_xact_lock(7261943002)');
  expect(await sweep(test.service)).toBeNull();
  await other.query('ROLLBACK');
  other.release();
  const swept = await Promise.all(Array.from({ length: 8 }, () => sweep(test.service)));
  expect(swept.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(1);
});

it('catches up with more than one batch, and with a clock that was set back', async () => {
  await using test = await openTestCore({
    limits: {
      waitingPerSubjectMax: 5000,
      sendsPerSubjectDayMax: 5000,
      sendsPerRecipientDayMax: 5000,
      sendsPerRecipient10MinutesMax: 5000,
    },
  });
  const { id } = await createTransfer(test);
  await test.database.sql.query(
    `INSERT INTO countersign.authorization_request (id, slug, subject_id, title, facts, data, data_hash, display_hash, related_objects, methods,
       required_binding, sequence, attempts_max, attempts_left, sends_left, execute_within_seconds, created_at, expires_at)
     SELECT gen_random_uuid(), slug, subject_id, title, facts, data, data_hash, display_hash, related_objects, methods, required_binding, sequence,
       attempts_max, attempts_left, sends_left, execute_within_seconds, created_at, expires_at
     FROM countersign.authorization_request, generate_series(1, 1200) WHERE id IS NOT NULL`,
  );
  test.clock.advance(400);
  expect([
    await sweep(test.service),
    await sweep(test.service),
    await sweep(test.service),
    await sweep(test.service),
  ]).toEqual([500, 500, 201, 0]);
  expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({ state: 'expired' });
  test.clock.advance(-3600);
  await sweep(test.service);
  const early = await createTransfer(test, { data: 'early', expiresInSeconds: 60 });
  test.clock.advance(61);
  expect(await sweep(test.service)).toBe(1);
  test.clock.advance(3600);
  expect(await test.core.authorizationRequest.get(test.service, { id: early.id })).toMatchObject({
    state: 'expired',
  });
});

it('denies what a crash left waiting without an attempt, once nothing can still be judged', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test, { expiresInSeconds: 3600 });
  await test.database.sql.query(
    'UPDATE countersign.authorization_request SET attempts_left = 0, attempts_open = 1, attempted_at = $1',
    [test.clock.now()],
  );
  test.clock.advance(29);
  expect(await sweep(test.service)).toBe(0);
  test.clock.advance(2);
  expect(await sweep(test.service)).toBe(1);
  expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({
    state: 'denied',
    reason: 'attempts_exhausted',
  });
  const { rows } = await test.database.sql.query('SELECT waiting_until FROM countersign.subject_security');
  expect(rows).toEqual([{ waiting_until: [] }]);
});

it('runs by itself every second, and stops when core is closed', async () => {
  await using test = await openTestCore({ sweep: true });
  const { id } = await createTransfer(test);
  test.clock.advance(301);
  await expect
    .poll(async () => (await test.events(test.service, { requestId: id })).items.at(-1)?.type, {
      timeout: 5000,
    })
    .toBe('authorization_request.expired');
});
