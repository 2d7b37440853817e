import { expect, it } from 'vitest';
import { encodeOutcome, decodeOutcome } from '../src/idempotency/outcome.ts';
import { openTestCore } from '../testing/index.ts';
import { createTransfer, refusal, rightProof, transferData, wrongProof } from './fixtures.ts';

it('answers a repeated key with the same answer and has the effect once, for every mutation', async () => {
  await using test = await openTestCore();
  const api = test.core.authorizationRequest;
  const twice = async <Answer>(run: () => Promise<Answer>): Promise<Answer> => {
    const first = await run();
    expect(await run()).toEqual(first);
    return first;
  };
  const { id } = await twice(() => createTransfer(test, { idempotencyKey: 'create' }));
  expect(test.outbox.messages).toHaveLength(1);
  const wrong = wrongProof(test);
  await twice(() => api.check(test.service, { id, proof: wrong, idempotencyKey: 'k' }));
  await twice(() => api.grant(test.service, { id, proof: wrong, idempotencyKey: 'k' }));
  test.clock.advance(60);
  await twice(() => api.challenge(test.service, { id, idempotencyKey: 'k' }));
  test.clock.advance(60);
  await twice(() => api.reset(test.service, { id, idempotencyKey: 'k' }));
  expect(test.outbox.messages).toHaveLength(3);
  await twice(() => api.grant(test.service, { id, proof: rightProof(test), idempotencyKey: 'right' }));
  await twice(() =>
    api.consume(test.service, {
      id,
      slug: 'transfer',
      subjectId: 'ada',
      data: transferData,
      idempotencyKey: 'k',
    }),
  );
  const denied = await createTransfer(test, { data: 'deny' });
  await twice(() => api.deny(test.service, { id: denied.id, idempotencyKey: 'k' }));
  const cancelled = await createTransfer(test, { data: 'cancel' });
  await twice(() => api.cancel(test.service, { id: cancelled.id, idempotencyKey: 'k' }));
  const { items } = await test.events(test.service, { requestId: id });
  expect(items.map(({ type }) => type.split('.')[1])).toEqual([
    'created',
    'challenged',
    'check_failed',
    'check_failed',
    'challenged',
    'reset',
    'challenged',
    'granted',
    'consumed',
  ]);
});

it('refuses a key that comes with another input', async () => {
  await using test = await openTestCore();
  await createTransfer(test, { idempotencyKey: 'k' });
  const conflict = refusal('idempotency_conflict', { inProgress: false });
  await expect(
    createTransfer(test, { idempotencyKey: 'k', data: { ...transferData, amountCents: 1 } }),
  ).rejects.toMatchObject(conflict);
});

it('keeps the keys of actors and procedures apart', async () => {
  await using test = await openTestCore();
  const one = await createTransfer(test, { idempotencyKey: 'k' });
  const other = { ...test, service: test.core.context({ kind: 'service', keyId: 'other' }) };
  const two = await createTransfer(other, { idempotencyKey: 'k', subjectId: 'bob' });
  expect(two.id).not.toBe(one.id);
  expect(
    await test.core.authorizationRequest.cancel(test.service, { id: one.id, idempotencyKey: 'k' }),
  ).toMatchObject({ state: 'cancelled' });
});

it('refuses data that JSON cannot carry in the same way with a key as without', async () => {
  await using test = await openTestCore();
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  for (const data of [1n, { n: Number.NaN }, new Map(), cyclic, [undefined]]) {
    await expect(createTransfer(test, { data, idempotencyKey: 'k' })).rejects.toMatchObject(
      refusal('invalid_input'),
    );
  }
  await createTransfer(test, { idempotencyKey: 'k' });
});

it('forgets a key after 24 hours', async () => {
  await using test = await openTestCore();
  const one = await createTransfer(test, { idempotencyKey: 'k' });
  test.clock.advance(24 * 3600);
  const two = await createTransfer(test, { idempotencyKey: 'k' });
  expect(two.id).not.toBe(one.id);
});

it('says inProgress while the first call is still running after the lock timeout', async () => {
  await using test = await openTestCore();
  const client = await test.database.sql.connect();
  await client.query('BEGIN');
  await createTransfer(test, { idempotencyKey: 'k' });
  await client.query('SELECT FROM countersign.idempotency_key FOR UPDATE');
  await test.database.sql.query('SELECT 1');
  test.clock.advance(24 * 3600);
  await expect(createTransfer(test, { idempotencyKey: 'k' })).rejects.toMatchObject(
    refusal('idempotency_conflict', { inProgress: true }),
  );
  await client.query('ROLLBACK');
  client.release();
});

it('keeps no key of a call that failed: its retry is judged anew', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test);
  await expect(
    test.core.authorizationRequest.grant(test.service, { id, idempotencyKey: 'k' }),
  ).rejects.toMatchObject(refusal('proof_required'));
  await test.core.authorizationRequest.check(test.service, { id, proof: rightProof(test) });
  expect(await test.core.authorizationRequest.grant(test.service, { id, idempotencyKey: 'k' })).toMatchObject(
    { granted: true },
  );
});

it('holds a hundred calls with keys on ten connections without a standstill', async () => {
  await using test = await openTestCore({
    limits: {
      waitingPerSubjectMax: 1000,
      sendsPerRecipient10MinutesMax: 1000,
      sendsPerSubjectDayMax: 1000,
      sendsPerRecipientDayMax: 1000,
    },
  });
  const { id } = await createTransfer(test);
  const grants = Array.from({ length: 100 }, (_, n) =>
    test.core.authorizationRequest.grant(test.service, {
      id,
      proof: wrongProof(test),
      idempotencyKey: `k${n}`,
    }),
  );
  const settled = await Promise.allSettled(grants);
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
});

it('settles a right proof that lost a race though its key is undone: nothing is held against the person, nothing waits', async () => {
  await using test = await openTestCore();
  const started = performance.now();
  for (let round = 0; round < 5; round += 1) {
    const { id } = await createTransfer(test, { data: round, subjectId: `s${round}` });
    const proof = rightProof(test, `s${round}`);
    const grants = await Promise.allSettled(
      Array.from({ length: 4 }, (_, n) =>
        test.core.authorizationRequest.grant(test.service, { id, proof, idempotencyKey: `k${round}-${n}` }),
      ),
    );
    expect(grants.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const grant of grants) {
      if (grant.status === 'rejected') expect(grant.reason).toMatchObject(refusal('not_waiting'));
    }
  }
  expect(performance.now() - started).toBeLessThan(5 * 2000); // none waited for the lock timeout in every round
  const { rows } = await test.database.sql.query(
    "SELECT DISTINCT cardinality(charged_at) AS charged, streaks FROM countersign.subject_security WHERE subject_id <> 'ada'",
  );
  expect(rows).toEqual([{ charged: 0, streaks: {} }]);
});

it('stores answers so that dates, and data that looks like a stored date, come back as they were', () => {
  const answer = {
    at: new Date(0),
    list: [new Date(1), null, 1],
    data: { $date: 'not a date', nested: { $value: { $date: 1 } } },
    only: { $date: 'x' },
  };
  expect(decodeOutcome(JSON.parse(encodeOutcome(answer)))).toEqual(answer);
});
