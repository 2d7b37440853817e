import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseId } from '../../src/id.ts';
import { defineMethod } from '../../src/method/define.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { createOutbox, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { ada, enrolledTotp, grantByCode, openFactorCore, refusedRequest, vouchedOtp } from './people.ts';

it('a configuration that is copied into another row opens nothing: bound to subject and factor', async () => {
  await using test = await openFactorCore();
  const own = await enrolledTotp(test, 'mallory');
  const other = await enrolledTotp(test, 'ada');
  const second = await enrolledTotp(test, 'mallory');
  const proves = async (subjectId: string, code: string) => {
    const { id } = await test.core.authorizationRequest.create(test.service, { slug: 'x', subjectId });
    const proof = { method: 'totp', code };
    return (await test.core.authorizationRequest.grant(test.service, { id, proof })).granted;
  };
  expect(await proves('ada', other.code())).toBe(true);
  const copy = (to: string, from: string) =>
    test.database.sql.query(
      `UPDATE countersign.factor SET config = (SELECT config FROM countersign.factor WHERE id = $2), version = version + 1 WHERE id = $1`,
      [parseId('factor', to), parseId('factor', from)],
    );
  test.clock.advance(30);
  await copy(other.factor.id, own.factor.id);
  await expect(proves('ada', own.code())).rejects.toMatchObject(refusal('method_unavailable'));
  await copy(second.factor.id, own.factor.id);
  await test.core.factors.remove(test.service, { id: own.factor.id });
  await expect(proves('mallory', own.code())).rejects.toMatchObject(refusal('method_unavailable'));
});

it('what waits for its confirmation does not open in another row either', async () => {
  await using test = await openFactorCore();
  const begin = (subjectId: string) =>
    test.core.factors.create(test.service, { subjectId, methodId: 'totp' });
  const [first, second] = [await begin('ada'), await begin('mallory')];
  await test.database.sql.query(
    `UPDATE countersign.factor SET pending = (SELECT pending FROM countersign.factor WHERE id = $2) WHERE id = $1`,
    [parseId('factor', first.factor.id), parseId('factor', second.factor.id)],
  );
  await expect(
    test.core.factors.confirm(test.service, {
      id: first.factor.id,
      confirmationId: first.confirmation!.id,
      data: { code: '123456' },
    }),
  ).rejects.toThrow('unable to authenticate data');
  expect(await test.core.factors.list(test.service, { subjectId: 'ada' })).toMatchObject([
    { status: 'in_process' },
  ]);
});

/** In no row of any table, neither as text nor as bytes. */
async function expectNowhere(test: TestCore, canaries: readonly string[]): Promise<void> {
  const { rows: tables } = await test.database.sql.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'countersign'`,
  );
  const hex = canaries.map((canary) => Buffer.from(canary).toString('hex'));
  for (const { tablename } of tables) {
    const { rows } = await test.database.sql.query<{ text: string }>(
      `SELECT t::text AS text FROM countersign.${tablename} t`,
    );
    const text = rows.map((row) => row.text).join('\n');
    for (const canary of [...canaries, ...hex])
      expect(text.includes(canary), `${tablename} ${canary}`).toBe(false);
  }
}

it('no seed, code or address of a factor is at rest in any table (I18)', async () => {
  await using test = await openFactorCore();
  const address = 'canary-4711@example.org';
  const canaries = [address];
  await vouchedOtp(test, 'ada', address);
  const { secret } = await enrolledTotp(test);
  const { setup } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'recovery-code',
    idempotencyKey: 'codes',
  });
  const { codes } = setup as { codes: string[] };
  const waiting = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'totp',
    idempotencyKey: 'seed',
  });
  const seed = (waiting.setup as { secret: string }).secret;
  canaries.push(secret, seed, ...codes, ...codes.map((code) => code.replaceAll('-', '').toLowerCase()));
  const request = await refusedRequest(
    test.core.factors.update(ada(test), { id: waiting.factor.id, title: 'Phone' }),
  );
  await test.core.authorizationRequest.challenge(ada(test), { id: request.id, method: 'otp' });
  canaries.push(test.outbox.codeFor(address));
  await grantByCode(test, ada(test), { ...request, challenge: {} as never }, address);
  await expectNowhere(test, canaries);
});

it('what a subject gives to a method of the host stands nowhere in clear, and the same call finds its request', async () => {
  const pin = defineMethod({
    key: 'pin',
    title: 'PIN',
    binding: 'none',
    provesBy: 'factor',
    needsChallenge: false,
    proof: z.strictObject({ pin: z.string() }),
    factor: z.strictObject({ pin: z.string() }),
    issue: () => ({}),
    verify: ({ proof, factor }) => ({ valid: proof.pin === factor?.config.pin }),
  });
  const outbox = createOutbox();
  const core = await openFactorCore({ methods: [otp({ send: outbox.send }), pin] });
  await using test = Object.assign(core, { outbox });
  for (const subjectId of ['ada', 'grace']) await vouchedOtp(test, subjectId);
  const create = (given: string, subjectId = 'ada') =>
    test.core.factors.create(test.subject(subjectId, 'session-1'), {
      methodId: 'pin',
      config: { pin: given },
    });
  const request = await refusedRequest(create('canary-72915'));
  expect(request.data).toEqual({
    methodId: 'pin',
    configDigest: expect.stringMatching(/^[\w-]{43}$/) as string,
  });
  expect(await refusedRequest(create('canary-72915'))).toMatchObject({ id: request.id });
  expect((await refusedRequest(create('canary-72915', 'grace'))).data).not.toEqual(request.data);
  await grantByCode(test, ada(test), request);
  expect((await refusedRequest(create('canary-72916'))).data).not.toEqual(request.data);
  const { factor } = await create('canary-72915');
  await refusedRequest(
    test.core.factors.update(ada(test), { id: factor.id, config: { pin: 'canary-72917' } }),
  );
  await expectNowhere(test, ['canary-7291']);
});

it('no view shows what is stored of a factor', async () => {
  await using test = await openFactorCore();
  await vouchedOtp(test);
  const { secret } = await enrolledTotp(test);
  const shown = JSON.stringify(await test.core.factors.list(ada(test)));
  expect(shown).not.toContain('ada@example.org');
  expect(shown).not.toContain(secret);
});
