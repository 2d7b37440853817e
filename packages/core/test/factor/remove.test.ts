import { describe, expect, it } from 'vitest';
import { parseId } from '../../src/id.ts';
import { findViolations, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import {
  ada,
  authorized,
  enrolledSignet,
  enrolledTotp,
  openFactorCore,
  signature,
  vouchedOtp,
} from './people.ts';

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

describe('what a factor has authorized', () => {
  const config = { channel: 'email', address: 'mallory@evil.example' };

  /** A mailbox, of which somebody else has hold and adds another one by it. */
  async function takenOver(test: TestCore) {
    const stolen = await vouchedOtp(test);
    const evil = ada(test);
    const begun = await authorized(test, evil, () =>
      test.core.factors.create(evil, { methodId: 'otp', config }),
    );
    const confirm = () =>
      test.core.factors.confirm(evil, {
        id: begun.factor.id,
        confirmationId: begun.confirmation!.id,
        data: { code: test.outbox.codeFor(config.address) },
      });
    return { stolen, begun, confirm };
  }

  const confirmedOnes = async (test: TestCore) =>
    (await test.core.factors.list(test.service, { subjectId: 'ada' })).filter(
      ({ status }) => status === 'confirmed',
    );

  it('does not come into force after that factor was removed', async () => {
    await using test = await openFactorCore();
    const { stolen, begun, confirm } = await takenOver(test);
    // The person tells the bank.
    await test.core.factors.remove(test.service, { id: stolen.id });
    await expect(confirm()).rejects.toMatchObject(refusal('not_found'));
    expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toEqual([]);
    const { items } = await test.events(test.service, { subjectId: 'ada', types: ['factor.removed'] });
    expect(items.map(({ about }) => about.id)).toEqual(expect.arrayContaining([stolen.id, begun.factor.id]));
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('does not change another factor after it was removed', async () => {
    await using test = await openFactorCore();
    const stolen = await vouchedOtp(test);
    const other = await vouchedOtp(test, 'ada', 'second@example.org');
    const evil = ada(test);
    const { confirmation } = await authorized(test, evil, () =>
      test.core.factors.update(evil, { id: other.id, config }),
    );
    await test.core.factors.remove(test.service, { id: stolen.id });
    await expect(
      test.core.factors.confirm(evil, {
        id: other.id,
        confirmationId: confirmation!.id,
        data: { code: test.outbox.codeFor(config.address) },
      }),
    ).rejects.toMatchObject(refusal('already_confirmed'));
    expect(await confirmedOnes(test)).toMatchObject([{ id: other.id, hint: 's•••@example.org' }]);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('ends also when it is switched off, and stays ended when it is switched on again', async () => {
    await using test = await openFactorCore();
    const { stolen, confirm } = await takenOver(test);
    for (const isActive of [false, true])
      await test.core.factors.update(test.service, { id: stolen.id, isActive });
    await expect(confirm()).rejects.toMatchObject(refusal('not_found'));
    expect(await confirmedOnes(test)).toHaveLength(1);
  });

  it('does not come into force where that factor is not, however that came to be', async () => {
    await using test = await openFactorCore();
    const { stolen, confirm } = await takenOver(test);
    await test.database.sql.query('UPDATE countersign.factor SET is_active = false WHERE id = $1', [
      parseId('factor', stolen.id),
    ]);
    await expect(confirm()).rejects.toMatchObject(refusal('unavailable'));
    expect(await confirmedOnes(test)).toHaveLength(1);
  });

  it('cannot be its own change, by the call that switches it off', async () => {
    await using test = await openFactorCore();
    const { id } = await vouchedOtp(test);
    const update = () => test.core.factors.update(ada(test), { id, isActive: false, config });
    await expect(authorized(test, ada(test), update)).rejects.toMatchObject(refusal('unavailable'));
    expect(await confirmedOnes(test)).toMatchObject([{ id, isActive: true }]);
  });

  it('stays where it is in force already, and what the service has begun stays too', async () => {
    await using test = await openFactorCore();
    const { stolen, confirm } = await takenOver(test);
    const byService = await test.core.factors.create(test.service, {
      subjectId: 'ada',
      methodId: 'signet',
      config: { key: 'k' },
    });
    await confirm();
    await test.core.factors.remove(test.service, { id: stolen.id });
    await test.core.factors.confirm(test.service, {
      id: byService.factor.id,
      confirmationId: byService.confirmation!.id,
      data: { signature: signature('k', 'enrol') },
    });
    expect(await confirmedOnes(test)).toHaveLength(2);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });

  it('of a removal and a confirmation at the same moment leaves nothing that waits', async () => {
    await using test = await openFactorCore();
    const { stolen, begun, confirm } = await takenOver(test);
    const [removed, confirmed] = await Promise.allSettled([
      test.core.factors.remove(test.service, { id: stolen.id }),
      confirm(),
    ]);
    expect(removed.status).toBe('fulfilled');
    const listed = await test.core.factors.list(test.service, { subjectId: 'ada' });
    expect(listed.map(({ id }) => id)).toEqual(confirmed.status === 'fulfilled' ? [begun.factor.id] : []);
    expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
  });
});

it('a removed factor keeps nothing by which anybody could prove', async () => {
  await using test = await openFactorCore();
  const { id } = await vouchedOtp(test);
  await test.core.factors.update(test.service, {
    id,
    config: { channel: 'email', address: 'new@example.org' },
  });
  const begun = await test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'totp' });
  const app = await enrolledTotp(test);
  for (const removed of [id, begun.factor.id, app.factor.id])
    await test.core.factors.remove(test.service, { id: removed });
  const { rows } = await test.database.sql.query<Record<string, unknown>>(
    `SELECT config, pending, pending_hint, pending_identity, pending_binding, authorized_by FROM countersign.factor`,
  );
  expect(rows).toHaveLength(3);
  for (const row of rows) expect(new Set(Object.values(row))).toEqual(new Set([null]));
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});
