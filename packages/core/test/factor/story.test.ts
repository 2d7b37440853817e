import { expect, it } from 'vitest';
import { formatId, parseId } from '../../src/id.ts';
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
import { findViolations } from '../../testing/index.ts';

it('a factor waits for its confirmation, proves afterwards, and is the default as the first one', async () => {
  await using test = await openFactorCore();
  const created = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'otp',
    title: 'Work',
    config: { channel: 'email', address: 'Ada@Example.org' },
  });
  expect(created.factor).toEqual({
    id: expect.stringMatching(/^fact_/) as string,
    subjectId: 'ada',
    methodId: expect.stringMatching(/^mth_/) as string,
    method: 'otp',
    title: 'Work',
    status: 'in_process',
    isActive: true,
    isDefault: false,
    hint: 'A•••@example.org',
    createdAt: test.clock.now(),
    lastUsedAt: null,
  });
  expect(created.confirmation).toMatchObject({
    factorId: created.factor.id,
    subjectId: 'ada',
    attemptsLeft: 5,
  });
  expect(created).not.toHaveProperty('setup');
  const confirmed = await test.core.factors.confirm(ada(test), {
    id: created.factor.id,
    confirmationId: created.confirmation!.id,
    data: { code: test.outbox.codeFor('Ada@example.org') },
  });
  expect(confirmed).toMatchObject({ id: created.factor.id, status: 'confirmed', isDefault: true });
  expect(await test.core.factors.list(ada(test))).toEqual([confirmed]);
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('a factor without a title has the title of its method', async () => {
  await using test = await openFactorCore();
  expect(await vouchedOtp(test)).toMatchObject({ title: 'One-time code', status: 'confirmed' });
});

it('the default factor is listed first, then the newest', async () => {
  await using test = await openFactorCore();
  const first = await vouchedOtp(test);
  test.clock.advance(1);
  const { factor: second } = await enrolledTotp(test);
  test.clock.advance(1);
  const { factor: third } = await enrolledSignet(test);
  const ids = (await test.core.factors.list(test.service, { subjectId: 'ada' })).map(({ id }) => id);
  expect(ids).toEqual([first.id, third.id, second.id]);
});

it('a list is of one subject: required from the service, its own for a subject, empty for another', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test, 'grace');
  await expect(test.core.factors.list(test.service)).rejects.toMatchObject(refusal('invalid_input'));
  expect(await test.core.factors.list(ada(test), { subjectId: 'grace' })).toEqual([]);
  expect(await test.core.factors.list(ada(test))).toEqual([]);
  const device = test.core.context({ kind: 'device', subjectId: 'grace', factorId: 'fact_x' });
  await expect(test.core.factors.list(device)).rejects.toMatchObject(refusal('forbidden'));
});

it('what the method refuses of a configuration is refused at its path', async () => {
  await using test = await openFactorCore();
  const create = (methodId: string, config: Record<string, unknown>) =>
    test.core.factors.create(test.service, { subjectId: 'ada', methodId, config });
  await expect(create('otp', { channel: 'fax', address: 'x@y.org' })).rejects.toMatchObject({
    reason: 'invalid_input',
    details: { issues: [{ path: ['config', 'channel'] }] },
  });
  await expect(create('otp', { channel: 'email', address: 'nobody' })).rejects.toMatchObject({
    reason: 'invalid_input',
    details: { issues: [{ path: ['config', 'address'] }] },
  });
  await expect(create('unheard-of', {})).rejects.toMatchObject(refusal('method_unavailable'));
});

it('a client supplies neither the seed nor the recovery codes (bug 32)', async () => {
  await using test = await openFactorCore();
  for (const [methodId, config] of [
    ['totp', { secret: 'A'.repeat(32) }],
    ['recovery-code', { codes: ['AAAA-AAAA-AAAA-AAAA'] }],
  ] as const) {
    await expect(
      test.core.factors.create(test.service, { subjectId: 'ada', methodId, config }),
    ).rejects.toMatchObject(refusal('invalid_input'));
  }
});

it('only the service vouches for a factor, and not where the method demands its own proof', async () => {
  await using test = await openFactorCore();
  await expect(
    test.core.factors.create(ada(test), { methodId: 'totp', confirmed: true }),
  ).rejects.toMatchObject(refusal('forbidden'));
  await expect(
    test.core.factors.create(test.service, {
      subjectId: 'ada',
      methodId: 'signet',
      config: { key: 'k' },
      confirmed: true,
    }),
  ).rejects.toMatchObject({ reason: 'invalid_input', details: { issues: [{ path: ['confirmed'] }] } });
});

it('an identity that is in force is not enrolled again: of one subject, or of the installation', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  await expect(vouchedOtp(test)).rejects.toMatchObject(refusal('factor_exists'));
  await expect(vouchedOtp(test, 'grace', 'ada@example.org')).resolves.toMatchObject({ subjectId: 'grace' });
  await enrolledSignet(test, 'ada', 'one key');
  await expect(enrolledSignet(test, 'grace', 'one key')).rejects.toMatchObject(refusal('factor_exists'));
});

it('of two enrolments of one identity, both begun, one is confirmed', async () => {
  await using test = await openFactorCore();
  const begun = await Promise.all(
    ['ada', 'grace'].map((subjectId) =>
      test.core.factors.create(test.service, { subjectId, methodId: 'signet', config: { key: 'one key' } }),
    ),
  );
  const settled = await Promise.allSettled(
    begun.map(({ factor, confirmation }) =>
      test.core.factors.confirm(test.service, {
        id: factor.id,
        confirmationId: confirmation!.id,
        data: { signature: signature('one key', 'enrol') },
      }),
    ),
  );
  expect(settled.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: refusal('factor_exists'),
  });
});

it('what is shown once is not in the answer to a repetition', async () => {
  await using test = await openFactorCore();
  const input = { subjectId: 'ada', methodId: 'totp', idempotencyKey: 'k1' };
  const first = await test.core.factors.create(test.service, input);
  expect(first.setup).toMatchObject({ secret: expect.stringMatching(/^[A-Z2-7]{32}$/) as string });
  const again = await test.core.factors.create(test.service, input);
  expect(again).toEqual({ ...first, setup: null });
  expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toHaveLength(1);
});

it('a title, being active and being the default are changed at once', async () => {
  await using test = await openFactorCore();
  const first = await vouchedOtp(test);
  const { factor: second } = await enrolledTotp(test);
  await test.core.factors.update(test.service, { id: second.id, title: 'Phone', isDefault: true });
  expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toMatchObject([
    { id: second.id, title: 'Phone', isDefault: true },
    { id: first.id, isDefault: false },
  ]);
  await test.core.factors.update(test.service, { id: second.id, isActive: false });
  expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toMatchObject([
    { id: first.id, isDefault: true },
    { id: second.id, isDefault: false, isActive: false },
  ]);
  await expect(
    test.core.factors.update(test.service, { id: second.id, isDefault: true }),
  ).rejects.toMatchObject(refusal('invalid_input'));
  await expect(test.core.factors.update(test.service, { id: second.id })).rejects.toMatchObject(
    refusal('invalid_input'),
  );
});

it('a significant change leaves the old configuration in force until it is confirmed', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const { confirmation } = await test.core.factors.update(test.service, {
    id: factor.id,
    config: { channel: 'email', address: 'new@example.org' },
  });
  expect(confirmation).toMatchObject({ factorId: factor.id });
  expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toMatchObject([
    { hint: 'a•••@example.org', status: 'confirmed' },
  ]);
  const asked = () =>
    test.core.authorizationRequest.create(test.service, { slug: 'x', subjectId: 'ada', methods: ['otp'] });
  await asked();
  expect(test.outbox.messages.at(-1)).toMatchObject({ to: 'ada@example.org' });
  const code = test.outbox.codeFor('new@example.org');
  const data = { code };
  const changed = await test.core.factors.confirm(test.service, {
    id: factor.id,
    confirmationId: confirmation!.id,
    data,
  });
  expect(changed).toMatchObject({ hint: 'n•••@example.org', status: 'confirmed', isDefault: true });
  test.clock.advance(120);
  await asked();
  expect(test.outbox.messages.at(-1)).toMatchObject({ to: 'new@example.org' });
});

it('an insignificant change applies at once, and its host is told which it is', async () => {
  await using test = await openFactorCore();
  const { factor } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'nickname',
    config: { word: 'Countess' },
    confirmed: true,
  });
  const small = await test.core.factors.prepareChange(test.service, factor.id, { word: 'COUNTESS' });
  expect(small.significant).toBe(false);
  expect(await small.commit()).not.toHaveProperty('confirmation');
  const large = await test.core.factors.prepareChange(test.service, factor.id, { word: 'Byron' });
  expect(large.significant).toBe(true);
  const { confirmation } = await large.commit();
  const proves = async (word: string) => {
    const { id } = await test.core.authorizationRequest.create(test.service, { slug: 'x', subjectId: 'ada' });
    const proof = { method: 'nickname', word };
    return (await test.core.authorizationRequest.grant(test.service, { id, proof })).granted;
  };
  expect(await proves('COUNTESS')).toBe(true);
  expect(await proves('Byron')).toBe(false);
  await test.core.factors.confirm(test.service, {
    id: factor.id,
    confirmationId: confirmation!.id,
    data: { word: 'Byron' },
  });
  expect(await proves('Byron')).toBe(true);
});

it('a subject manages its own factors, and another’s do not exist', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const foreign = await vouchedOtp(test, 'grace');
  const stranger = [
    test.core.factors.update(ada(test), { id: foreign.id, title: 'mine' }),
    test.core.factors.remove(ada(test), { id: foreign.id }),
    test.core.factors.confirm(ada(test), {
      id: foreign.id,
      confirmationId: formatId('confirmation', parseId('factor', foreign.id)!),
      data: { code: '123456' },
    }),
    test.core.factors.create(ada(test), { subjectId: 'grace', methodId: 'totp' }),
    test.core.factors.remove(ada(test), { id: 'fact_unknown' }),
  ];
  for (const call of await Promise.allSettled(stranger))
    expect(call).toMatchObject({ status: 'rejected', reason: refusal('not_found') });
});

it('devices and operators manage no factor', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  for (const actor of [
    { kind: 'device', subjectId: 'ada', factorId: factor.id },
    { kind: 'operator' },
  ] as const) {
    const context = test.core.context(actor);
    for (const call of [
      () => test.core.factors.create(context, { methodId: 'totp' }),
      () => test.core.factors.update(context, { id: factor.id, title: 'x' }),
      () => test.core.factors.remove(context, { id: factor.id }),
    ])
      await expect(call()).rejects.toMatchObject(refusal('forbidden'));
  }
});

it('every change of a factor is told in the log, once and in order, with what the person recognises', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const { factor: second } = await enrolledTotp(test);
  await authorized(test, ada(test), () =>
    test.core.factors.update(ada(test), { id: second.id, title: 'Phone' }),
  );
  await test.core.factors.update(test.service, { id: second.id, isDefault: true });
  await test.core.factors.remove(test.service, { id: second.id });
  const { items } = await test.events(test.service, { subjectId: 'ada', limit: 100 });
  const toldOf = ({ id }: { id: string }) =>
    items
      .filter(({ about }) => about.kind === 'factor' && about.id === id)
      .map(({ type, sequence, data }) => [sequence, type, data]);
  const hint = 'a•••@example.org';
  expect(toldOf(factor)).toEqual([
    [1, 'factor.created', { method: 'otp', hint, by: 'service' }],
    [2, 'factor.confirmed', { method: 'otp', hint, by: 'service' }],
    [3, 'factor.changed', { method: 'otp', changes: ['isDefault'], by: 'service' }],
    [4, 'factor.changed', { method: 'otp', changes: ['isDefault'], by: 'service' }],
  ]);
  expect(toldOf(second)).toEqual([
    [1, 'factor.created', { method: 'totp', hint: null, by: 'service' }],
    [2, 'factor.confirmed', { method: 'totp', hint: null, by: 'service' }],
    [3, 'factor.changed', { method: 'totp', changes: ['title'], by: 'subject' }],
    [4, 'factor.changed', { method: 'totp', changes: ['isDefault'], by: 'service' }],
    [5, 'factor.removed', { method: 'totp', by: 'service' }],
  ]);
});

it('a subject reads of its own factors what happened, not what was passed along', async () => {
  await using test = await openFactorCore();
  await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'otp',
    config: { channel: 'email', address: 'ada@example.org' },
    confirmed: true,
    context: { ip: '192.0.2.1' },
  });
  await vouchedOtp(test, 'grace');
  const { items } = await test.events(ada(test), {});
  expect(items.map(({ type, data, context }) => [type, data, context])).toEqual([
    ['factor.created', { method: 'otp' }, null],
    ['factor.confirmed', { method: 'otp' }, null],
  ]);
});
