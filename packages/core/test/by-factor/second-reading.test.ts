import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineMethod } from '../../src/method/define.ts';
import { methodIdOf } from '../../src/method/method-id.ts';
import { device } from '../../src/method/methods/device.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { openTestCore, createOutbox, type TestCore } from '../../testing/index.ts';
import { enrolledTotp, openFactorCore, vouchedOtp } from '../factor/people.ts';
import { keyedPhone } from '../factor/device/phone.ts';

const wrongCode = { method: 'otp', code: '1234567890' };

async function transfer(test: TestCore, data: number, methods = ['otp']) {
  return await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId: 'ada',
    data,
    title: 'Transfer',
    methods,
  });
}

async function guess(test: TestCore, id: string, times: number) {
  for (let turn = 0; turn < times; turn += 1)
    expect(await test.core.authorizationRequest.grant(test.service, { id, proof: wrongCode })).toMatchObject({
      granted: false,
    });
}

it('a right answer from a mailbox of the attacker does not end the streak of the factor that is guessed', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const evil = test.subject('ada', 'stolen-session');
  const first = await transfer(test, 1);
  await guess(test, first.id, 4);
  const own = await test.core.confirmations().request(evil, {
    methodId: 'otp',
    data: { channel: 'email', address: 'mallory@evil.example' },
  });
  const code = test.outbox.codeFor('mallory@evil.example');
  expect(await test.core.confirmations().confirm(evil, { id: own.id, data: { code } })).toMatchObject({
    status: 'confirmed',
  });
  const second = await transfer(test, 2);
  await guess(test, second.id, 1);
  // Five in a row by this factor: now there is a wait.
  await expect(
    test.core.authorizationRequest.grant(test.service, { id: second.id, proof: wrongCode }),
  ).rejects.toMatchObject({ reason: 'factor_locked' });
});

it('a factor that waits after wrong confirmations waits for requests too', async () => {
  await using test = await openFactorCore();
  const factor = await vouchedOtp(test);
  const asked = await test.core
    .confirmations()
    .request(test.service, { subjectId: 'ada', factorId: factor.id });
  for (let turn = 0; turn < 5; turn += 1)
    await test.core.confirmations().confirm(test.service, { id: asked.id, data: { code: '1234567890' } });
  const { id } = await transfer(test, 1);
  await expect(
    test.core.authorizationRequest.grant(test.service, { id, proof: wrongCode }),
  ).rejects.toMatchObject({ reason: 'factor_locked' });
});

async function switchOff(test: TestCore, key: string) {
  await test.core.method.configure(test.core.context({ kind: 'operator' }), {
    id: methodIdOf(key),
    key,
    title: 'Off',
    config: {},
    isActive: false,
  });
}

it('a code proves nothing once the operator has switched its method off', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const { id } = await transfer(test, 1);
  await switchOff(test, 'otp');
  const proof = { method: 'otp', code: test.outbox.codeFor('ada@example.org') };
  const answer = await test.core.authorizationRequest
    .grant(test.service, { id, proof })
    .catch(() => ({ granted: false }));
  expect(answer.granted).toBe(false);
});

it('a check by a method that was switched off since lets nobody grant', async () => {
  await using test = await openFactorCore();
  const app = await enrolledTotp(test);
  const { id } = await transfer(test, 1, ['totp']);
  await test.core.authorizationRequest.check(test.service, {
    id,
    proof: { method: 'totp', code: app.code() },
  });
  await switchOff(test, 'totp');
  const answer = await test.core.authorizationRequest
    .grant(test.service, { id })
    .catch(() => ({ granted: false }));
  expect(answer.granted).toBe(false);
});

it('no outcome of an idempotency key holds digits that can still be typed', async () => {
  const outbox = createOutbox();
  await using test = await openTestCore({ methods: [otp({ send: outbox.send }), device()] });
  await keyedPhone(test);
  await vouchedOtp(test);
  const { id } = await transfer(test, 1, ['otp', 'device']);
  const { digits } = await test.core.authorizationRequest.challenge(test.service, { id, method: 'device' });
  expect(digits).toMatch(/^[0-9]{3}$/);
  await test.core.authorizationRequest.grant(test.service, { id, proof: wrongCode, idempotencyKey: 'once' });
  const { rows } = await test.database.sql.query<{ outcome: string }>(
    'SELECT outcome::text AS outcome FROM countersign.idempotency_key',
  );
  expect(rows.map(({ outcome }) => outcome).join('\n')).not.toContain(`"digits": "${digits}"`);
});

it('a code that a further configuration has sent proves nothing once that one is switched off', async () => {
  await using test = await openFactorCore();
  const operator = test.core.context({ kind: 'operator' });
  const further = await test.core.method.configure(operator, {
    key: 'otp',
    title: 'Second carrier',
    config: {},
  });
  await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: further.id,
    config: { channel: 'email', address: 'ada@example.org' },
    confirmed: true,
  });
  const { id } = await transfer(test, 1);
  await test.core.method.configure(operator, {
    id: further.id,
    key: 'otp',
    title: 'Second carrier',
    config: {},
    isActive: false,
  });
  const proof = { method: 'otp', code: test.outbox.codeFor('ada@example.org') };
  const answer = await test.core.authorizationRequest
    .grant(test.service, { id, proof })
    .catch(() => ({ granted: false }));
  expect(answer.granted).toBe(false);
});

it('a grant by a message says no stronger binding than its factor has', async () => {
  const outbox = createOutbox();
  const fax = defineMethod({
    key: 'fax',
    title: 'Fax',
    binding: 'server',
    proof: z.strictObject({ code: z.string().regex(/^[0-9]{8}$/) }),
    factor: z.strictObject({ number: z.string() }),
    recipientOf: ({ number }: { number: string }) => ({ channel: 'fax', address: number }),
    send: outbox.send,
    issue: () => ({ secret: '12345678', message: '12345678' }),
    verify: ({ proof, matches }) => ({ valid: matches(proof.code) }),
    enrolment: {
      answer: z.strictObject({ code: z.string() }),
      begin: ({ given }) => ({ config: given, binding: 'none', confirmedBy: 'none' }),
      complete: () => ({ valid: false }),
    },
  });
  await using test = await openTestCore({ methods: [fax] });
  await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'fax',
    config: { number: '12345' },
  });
  const { id } = await transfer(test, 1, ['fax']);
  const proof = { method: 'fax', code: '12345678' };
  const answer = await test.core.authorizationRequest.grant(test.service, { id, proof });
  expect(answer).toMatchObject({ granted: true, request: { binding: 'none' } });
});

it('a check by a seed that was replaced since grants nothing', async () => {
  await using test = await openFactorCore();
  const app = await enrolledTotp(test);
  const { id } = await transfer(test, 1, ['totp']);
  const evil = test.subject('ada', 'stolen-session');
  const proof = { method: 'totp', code: app.code() };
  expect(await test.core.authorizationRequest.check(evil, { id, proof })).toMatchObject({ valid: true });
  const { confirmation, setup } = await test.core.factors.update(test.service, {
    id: app.factor.id,
    config: {},
  });
  const { TOTP } = await import('otpauth');
  test.clock.advance(30);
  const code = new TOTP({ secret: (setup as { secret: string }).secret }).generate({
    timestamp: test.clock.now().getTime(),
  });
  expect(
    await test.core.factors.confirm(test.service, {
      id: app.factor.id,
      confirmationId: confirmation?.id ?? '',
      data: { code },
    }),
  ).toMatchObject({ status: 'confirmed' });
  const { granted } = await test.core.authorizationRequest.grant(evil, { id, proof });
  expect(granted).toBe(false);
});
