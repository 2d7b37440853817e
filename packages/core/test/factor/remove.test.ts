import { expect, it } from 'vitest';
import { findViolations, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { enrolledSignet, openFactorCore, vouchedOtp } from './people.ts';

async function grantedTransfer(test: TestCore, methods: string[] = ['otp']) {
  const request = await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId: 'ada',
    data: { amount: test.clock.now().getTime() },
    methods,
  });
  const proof = { method: 'otp', code: test.outbox.codeFor('ada@example.org') };
  const { granted } = await test.core.authorizationRequest.grant(test.service, { id: request.id, proof });
  expect(granted).toBe(true);
  return request;
}

function consume(test: TestCore, { id, data }: { id: string; data: unknown }) {
  return test.core.authorizationRequest.consume(test.service, {
    id,
    slug: 'transfer',
    subjectId: 'ada',
    data,
  });
}

it('what a factor has approved and nobody has executed ends with it, in the same moment (I13)', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const executed = await grantedTransfer(test);
  await consume(test, executed);
  test.clock.advance(1);
  const pending = await grantedTransfer(test);
  const { executeBefore } = await test.core.authorizationRequest.get(test.service, { id: executed.id });
  await test.core.factors.remove(test.service, { id: factor.id });
  await expect(consume(test, pending)).rejects.toMatchObject(refusal('execution_window_passed'));
  expect(await test.core.authorizationRequest.get(test.service, { id: executed.id })).toMatchObject({
    executeBefore,
  });
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('what another factor has approved stays executable', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const { factor } = await enrolledSignet(test);
  const pending = await grantedTransfer(test);
  await test.core.factors.remove(test.service, { id: factor.id });
  await expect(consume(test, pending)).resolves.toMatchObject({ consumed: true });
});

it('a factor that is switched off proves nothing, and what it has approved ends too', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const pending = await grantedTransfer(test);
  await test.core.factors.update(test.service, { id: factor.id, isActive: false });
  await expect(consume(test, pending)).rejects.toMatchObject(refusal('execution_window_passed'));
  await expect(
    test.core.authorizationRequest.create(test.service, { slug: 'x', subjectId: 'ada' }),
  ).rejects.toMatchObject(refusal('method_unavailable'));
});

it('a challenge that waits for a factor dies with it', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const { id } = await test.core.authorizationRequest.create(test.service, { slug: 'x', subjectId: 'ada' });
  const proof = { method: 'otp', code: test.outbox.codeFor('ada@example.org') };
  await test.core.factors.remove(test.service, { id: factor.id });
  const grant = await test.core.authorizationRequest
    .grant(test.service, { id, proof })
    .catch((error: unknown) => error);
  expect(grant).not.toMatchObject({ granted: true });
  expect(await test.core.authorizationRequest.get(test.service, { id })).not.toMatchObject({
    state: 'granted',
  });
});

it('of a removal and 50 parallel consumptions none executes after the removal has answered', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const pending = await grantedTransfer(test);
  let removed = false;
  const late: string[] = [];
  await Promise.allSettled([
    test.core.factors.remove(test.service, { id: factor.id }).then(() => (removed = true)),
    ...Array.from({ length: 50 }, async () => {
      const startedAfter = removed;
      await consume(test, pending);
      if (startedAfter) late.push('executed');
    }),
  ]);
  expect(late).toEqual([]);
  await expect(consume(test, pending)).rejects.toMatchObject({
    reason: expect.stringMatching(/^(already_consumed|execution_window_passed)$/) as string,
  });
});

it('a grant and a removal at the same moment never leave a grant that can be executed', async () => {
  await using test = await openFactorCore({
    limits: {
      sendsPerSubjectDayMax: 1000,
      sendsPerRecipientDayMax: 1000,
      sendsPerRecipient10MinutesMax: 1000,
    },
  });
  for (let turn = 0; turn < 15; turn += 1) {
    const factor = await vouchedOtp(test);
    const request = await test.core.authorizationRequest.create(test.service, {
      slug: 'transfer',
      subjectId: 'ada',
      data: { turn },
    });
    const proof = { method: 'otp', code: test.outbox.codeFor('ada@example.org') };
    await Promise.allSettled([
      test.core.authorizationRequest.grant(test.service, { id: request.id, proof }),
      test.core.factors.remove(test.service, { id: factor.id }),
    ]);
    await expect(consume(test, request)).rejects.toMatchObject({
      reason: expect.stringMatching(/^(not_granted|execution_window_passed)$/) as string,
    });
    await test.core.authorizationRequest.cancel(test.service, { id: request.id }).catch(() => undefined);
  }
});

it('a removed factor is gone: it is not listed, changed, confirmed or removed again, and its identity is free', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  await expect(test.core.factors.remove(test.service, { id: factor.id })).resolves.toEqual({ removed: true });
  expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toEqual([]);
  await expect(test.core.factors.remove(test.service, { id: factor.id })).rejects.toMatchObject(
    refusal('not_found'),
  );
  await expect(test.core.factors.update(test.service, { id: factor.id, title: 'x' })).rejects.toMatchObject(
    refusal('not_found'),
  );
  await expect(vouchedOtp(test)).resolves.toMatchObject({ status: 'confirmed', isDefault: true });
});

it('of 50 parallel removals one takes the factor', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const calls = await Promise.allSettled(
    Array.from({ length: 50 }, () => test.core.factors.remove(test.service, { id: factor.id })),
  );
  expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
