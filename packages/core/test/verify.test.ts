import { describe, expect, it } from 'vitest';
import { openTestCore } from '../testing/index.ts';
import { createTransfer, refusal, rightProof, wrongProof } from './fixtures.ts';

describe('check', () => {
  it('says right or wrong and decides nothing; right costs nothing, wrong an attempt', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const check = (proof: { method: string; code: string }) =>
      test.core.authorizationRequest.check(test.service, { id, proof });
    expect(await check(rightProof(test))).toEqual({ valid: true, attemptsLeft: 5 });
    expect(await check(wrongProof(test))).toEqual({ valid: false, attemptsLeft: 4 });
    expect(await check(rightProof(test))).toEqual({ valid: true, attemptsLeft: 4 });
    expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({
      state: 'waiting',
      attemptsLeft: 4,
    });
    expect(
      await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) }),
    ).toMatchObject({ granted: true });
  });
});

describe('a grant without a proof', () => {
  it('is for the service, within a minute of its own right check', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await expect(test.core.authorizationRequest.grant(test.service, { id })).rejects.toMatchObject(
      refusal('proof_required'),
    );
    await test.core.authorizationRequest.check(test.service, { id, proof: rightProof(test) });
    await expect(test.core.authorizationRequest.grant(test.subject('ada'), { id })).rejects.toMatchObject(
      refusal('proof_required'),
    );
    const other = test.core.context({ kind: 'service', keyId: 'another' });
    await expect(test.core.authorizationRequest.grant(other, { id })).rejects.toMatchObject(
      refusal('proof_required'),
    );
    test.clock.advance(59.9);
    expect(await test.core.authorizationRequest.grant(test.service, { id })).toMatchObject({
      granted: true,
      request: { binding: 'server' },
    });
    const { rows } = await test.database.sql.query('SELECT method, binding FROM countersign.proof');
    expect(rows).toEqual([{ method: 'otp', binding: 'server' }]);
  });

  it.each(['a minute', 'a wrong answer', 'a new challenge', 'a reset'] as const)(
    'is refused after %s since',
    async (since) => {
      await using test = await openTestCore();
      const { id } = await createTransfer(test);
      const api = test.core.authorizationRequest;
      test.clock.advance(60);
      await api.check(test.service, { id, proof: rightProof(test) });
      if (since === 'a minute') test.clock.advance(60);
      if (since === 'a wrong answer') await api.check(test.service, { id, proof: wrongProof(test) });
      if (since === 'a new challenge') await api.challenge(test.service, { id });
      if (since === 'a reset') await api.reset(test.service, { id });
      await expect(api.grant(test.service, { id })).rejects.toMatchObject(refusal('proof_required'));
    },
  );

  it('that comes beside the one that won says what happened, not that a proof is missing', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await test.core.authorizationRequest.check(test.service, { id, proof: rightProof(test) });
    const grants = await Promise.allSettled(
      Array.from({ length: 20 }, () => test.core.authorizationRequest.grant(test.service, { id })),
    );
    expect(grants.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const grant of grants) {
      if (grant.status === 'rejected') expect(grant.reason).toMatchObject(refusal('not_waiting'));
    }
  });

  it('is not opened by the subject’s own check', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await test.core.authorizationRequest.check(test.subject('ada'), { id, proof: rightProof(test) });
    await expect(test.core.authorizationRequest.grant(test.service, { id })).rejects.toMatchObject(
      refusal('proof_required'),
    );
  });
});

describe('who may prove', () => {
  it('an own subject, and nobody who is a stranger: same answer as for what does not exist, no attempt spent', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test, { sessionId: 's1' });
    const proof = rightProof(test);
    const strangers = [test.subject('bob', 's1'), test.subject('ada', 's2'), test.subject('ada', null)];
    for (const stranger of strangers) {
      for (const run of [
        () => test.core.authorizationRequest.get(stranger, { id }),
        () => test.core.authorizationRequest.check(stranger, { id, proof }),
        () => test.core.authorizationRequest.grant(stranger, { id, proof }),
        () => test.core.authorizationRequest.challenge(stranger, { id }),
        () => test.core.authorizationRequest.reset(stranger, { id }),
        () => test.core.authorizationRequest.deny(stranger, { id }),
        () => test.core.authorizationRequest.cancel(stranger, { id }),
      ]) {
        await expect(run()).rejects.toMatchObject(refusal('not_found'));
      }
    }
    const device = test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'fact_x' });
    expect(await test.core.authorizationRequest.get(device, { id })).toMatchObject({ id, attemptsLeft: 5 });
    for (const run of [
      () => test.core.authorizationRequest.check(device, { id, proof }),
      () => test.core.authorizationRequest.challenge(device, { id }),
      () => test.core.authorizationRequest.reset(device, { id }),
      () => test.core.authorizationRequest.cancel(device, { id }),
      () =>
        test.core.authorizationRequest.consume(device, {
          id,
          slug: 'transfer',
          subjectId: 'ada',
          data: null,
        }),
      () =>
        test.core.authorizationRequest.consume(test.subject('ada', 's1'), {
          id,
          slug: 'transfer',
          subjectId: 'ada',
          data: null,
        }),
      () => test.core.authorizationRequest.grant(test.core.context({ kind: 'operator' }), { id, proof }),
      () => test.core.authorizationRequest.get(test.core.context({ kind: 'operator' }), { id }),
      () => test.core.authorizationRequest.deny(test.subject('ada', 's1'), { id, context: {} }),
    ]) {
      await expect(run()).rejects.toMatchObject(refusal('forbidden'));
    }
    expect(
      await test.core.authorizationRequest.grant(test.subject('ada', 's1'), { id, proof }),
    ).toMatchObject({ granted: true });
  });
});

it('a device grants with its own proof only, not with a code shown on the same phone', async () => {
  await using test = await openTestCore();
  const { id } = await createTransfer(test, { sessionId: 's1' });
  const device = test.core.context({ kind: 'device', subjectId: 'ada', factorId: 'fact_x' });
  for (const input of [{ id, proof: rightProof(test) }, { id, proof: wrongProof(test) }, { id }]) {
    await expect(test.core.authorizationRequest.grant(device, input)).rejects.toMatchObject(
      refusal('forbidden'),
    );
  }
  expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({ attemptsLeft: 5 });
});

describe('what a right answer gives back', () => {
  it('is its own charge of the day and the streak of its own factor', async () => {
    await using test = await openTestCore();
    const security = async () =>
      (
        await test.database.sql.query(
          'SELECT cardinality(charged_at) AS charged, streaks, waiting_until FROM countersign.subject_security',
        )
      ).rows[0] as unknown;
    const { id } = await createTransfer(test);
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    expect(await security()).toMatchObject({ charged: 1, streaks: { otp: { count: 1 } } });
    await test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
    expect(await security()).toEqual({ charged: 1, streaks: {}, waiting_until: [] });
  });
});

describe('guessing limits over requests', () => {
  it('is not reset by a grant that leans on a check made before the guesses', async () => {
    await using test = await openTestCore();
    const first = await createTransfer(test);
    await test.core.authorizationRequest.check(test.service, { id: first.id, proof: rightProof(test) });
    const second = await createTransfer(test, { data: 2 });
    for (let n = 0; n < 4; n += 1) {
      await test.core.authorizationRequest.grant(test.service, { id: second.id, proof: wrongProof(test) });
    }
    await test.core.authorizationRequest.grant(test.service, { id: first.id });
    const { rows } = await test.database.sql.query(
      "SELECT streaks->'otp'->>'count' AS count FROM countersign.subject_security",
    );
    expect(rows).toEqual([{ count: '4' }]);
  });

  it('lets a subject give 20 wrong proofs in any 24 hours, over every request, and then says until when', async () => {
    await using test = await openTestCore({
      limits: { consecutiveWrongFree: 1000, sendsPerRecipient10MinutesMax: 99 },
    });
    const start = test.clock.now();
    let judged = 0;
    for (let n = 0; n < 5; n += 1) {
      const { id } = await createTransfer(test, { data: { n } });
      for (let guess = 0; guess < 4; guess += 1) {
        expect(
          await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) }),
        ).toMatchObject({ granted: false });
        judged += 1;
        test.clock.advance(1);
      }
    }
    expect(judged).toBe(20);
    const { id } = await createTransfer(test);
    const locked = refusal('subject_locked', { retryAt: new Date(start.getTime() + 86_400_000) });
    await expect(
      test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) }),
    ).rejects.toMatchObject(locked);
    await expect(
      test.core.authorizationRequest.check(test.subject('ada'), { id, proof: rightProof(test) }),
    ).rejects.toMatchObject(locked);
    expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({
      attemptsLeft: 5,
      state: 'waiting',
    });
    await createTransfer(test, { subjectId: 'bob' });
    test.clock.set(new Date(start.getTime() + 86_400_000));
    const next = await createTransfer(test, { data: 'next day' });
    expect(
      await test.core.authorizationRequest.grant(test.service, { id: next.id, proof: rightProof(test) }),
    ).toMatchObject({ granted: true });
  });

  it('makes a subject wait after 5 consecutive wrong proofs: 30 s, doubling, at most an hour', async () => {
    await using test = await openTestCore({
      limits: {
        wrongProofsPerDayMax: 1000,
        sendsPerRecipient10MinutesMax: 999,
        sendsPerRecipientDayMax: 999,
        sendsPerSubjectDayMax: 999,
        waitingPerSubjectMax: 999,
      },
    });
    const waits: number[] = [];
    for (let n = 0; n < 14; n += 1) {
      const { id } = await createTransfer(test, { data: { n } });
      const guess = () => test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
      await guess();
      const error = (await test.core.authorizationRequest
        .grant(test.service, { id, proof: wrongProof(test) })
        .catch((thrown: unknown) => thrown)) as {
        reason?: string;
        details?: { retryAt: Date };
      };
      if (error.reason === 'factor_locked' && error.details) {
        waits.push((error.details.retryAt.getTime() - test.clock.now().getTime()) / 1000);
        test.clock.set(error.details.retryAt);
      }
    }
    expect(waits.slice(0, 9)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
  });

  it('locks a factor after 50 consecutive wrong proofs, for good', async () => {
    await using test = await openTestCore({ limits: { consecutiveWrongMax: 3, consecutiveWrongFree: 1000 } });
    const { id } = await createTransfer(test);
    for (let n = 0; n < 3; n += 1)
      await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    const error: unknown = await test.core.authorizationRequest
      .grant(test.service, { id, proof: rightProof(test) })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: 'factor_locked', details: undefined });
  });

  it('is not lowered by resending, resetting or a new request', async () => {
    await using test = await openTestCore();
    const charged = async () => {
      const { rows } = await test.database.sql.query<{ charged: number; count: number }>(
        "SELECT cardinality(charged_at) AS charged, (streaks->'otp'->>'count')::int AS count FROM countersign.subject_security",
      );
      return rows[0];
    };
    const { id } = await createTransfer(test);
    await test.core.authorizationRequest.grant(test.service, { id, proof: wrongProof(test) });
    for (const step of [
      () => createTransfer(test, { data: 'new' }),
      () => test.core.authorizationRequest.challenge(test.service, { id }),
      () => test.core.authorizationRequest.reset(test.service, { id }),
      () => test.core.authorizationRequest.cancel(test.service, { id }),
    ]) {
      test.clock.advance(60);
      await step();
      expect(await charged()).toEqual({ charged: 1, count: 1 });
    }
  });
});

describe('what a crash leaves behind', () => {
  it('is one attempt, never a grant: waiting with none left is denied by the next call', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    await test.database.sql.query(
      'UPDATE countersign.authorization_request SET attempts_left = 0, attempts_open = 5, attempted_at = $1',
      [test.clock.now()],
    );
    const present = () => test.core.authorizationRequest.grant(test.service, { id, proof: rightProof(test) });
    await expect(present()).rejects.toMatchObject(refusal('attempts_exhausted'));
    expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({
      state: 'waiting',
    });
    test.clock.advance(31);
    await expect(present()).rejects.toMatchObject(refusal('attempts_exhausted'));
    expect(await test.core.authorizationRequest.get(test.service, { id })).toMatchObject({
      state: 'denied',
      reason: 'attempts_exhausted',
    });
    await expect(present()).rejects.toMatchObject(refusal('not_waiting'));
  });
});

describe('a method', () => {
  it('that throws or never ends has judged the proof wrong, and the attempt is spent', async () => {
    await using test = await openTestCore();
    const { id } = await createTransfer(test);
    const method = test.service.methods.get('otp');
    if (!method) throw new Error('otp is missing');
    const broken = { ...method, verify: () => Promise.reject(new Error('boom')) };
    const context = { ...test.service, methods: { get: () => broken, all: [broken] } };
    expect(
      await test.core.authorizationRequest.grant(context, { id, proof: rightProof(test) }),
    ).toMatchObject({ granted: false, attemptsLeft: 4 });
  });

  it('that is no longer configured refuses proofs, while deny and cancel still work', async () => {
    await using test = await openTestCore();
    const first = await createTransfer(test);
    const second = await createTransfer(test, { data: 2 });
    const context = { ...test.service, methods: { get: () => undefined, all: [] } };
    await expect(
      test.core.authorizationRequest.grant(context, { id: first.id, proof: rightProof(test) }),
    ).rejects.toMatchObject(refusal('method_unavailable'));
    test.clock.advance(60);
    await expect(test.core.authorizationRequest.reset(context, { id: first.id })).rejects.toMatchObject(
      refusal('method_unavailable'),
    );
    await expect(createTransfer({ ...test, service: context })).rejects.toMatchObject(
      refusal('method_unavailable'),
    );
    expect(await test.core.authorizationRequest.deny(context, { id: first.id })).toMatchObject({
      state: 'denied',
    });
    expect(await test.core.authorizationRequest.cancel(context, { id: second.id })).toMatchObject({
      state: 'cancelled',
    });
  });
});

describe('brute force', () => {
  it('has the odds that the configuration promises: at most 1e-5 a request by e-mail, 5e-5 a subject and day by SMS over what is sent', async () => {
    await using test = await openTestCore();
    const { limits } = test.service;
    const live = 2; // the newest code and the one before
    const perRequest = (digits: number) => (5 * live) / 10 ** digits;
    expect(perRequest(6)).toBeLessThanOrEqual(1e-5);
    expect(perRequest(8)).toBeLessThanOrEqual(1e-7);
    expect((limits.wrongProofsPerDayMax * live) / 10 ** 6).toBeLessThanOrEqual(5e-5);
  });
});
