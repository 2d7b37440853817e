import { expect, it } from 'vitest';
import { findViolations, type TestCore } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { ada, authorized, openFactorCore, vouchedOtp } from './people.ts';

async function renewals(test: TestCore): Promise<readonly number[]> {
  const { rows } = await test.database.sql.query<{ renewals: number }>(
    'SELECT renewals FROM countersign.factor ORDER BY id',
  );
  return rows.map((row) => row.renewals);
}

/** A transfer that is granted; answers how it is executed. */
async function granted(test: TestCore, method: string, proof: () => Record<string, unknown>) {
  const values = { slug: 'transfer', subjectId: 'ada', data: { by: method } };
  const { id } = await test.core.authorizationRequest.create(test.service, { ...values, methods: [method] });
  const given = { id, proof: { method, ...proof() } };
  expect(await test.core.authorizationRequest.grant(test.service, given)).toMatchObject({ granted: true });
  return () => test.core.authorizationRequest.consume(test.service, { ...values, id });
}

async function toNewAddress(test: TestCore, id: string) {
  const address = 'new@example.org';
  const config = { channel: 'email', address };
  const { confirmation } = await test.core.factors.update(test.service, { id, config });
  return () =>
    test.core.factors.confirm(test.service, {
      id,
      confirmationId: confirmation!.id,
      data: { code: test.outbox.codeFor(address) },
    });
}

it('what the old address has approved and nobody has executed ends when it is replaced', async () => {
  await using test = await openFactorCore();
  const { id } = await vouchedOtp(test);
  const consume = await granted(test, 'otp', () => ({ code: test.outbox.codeFor('ada@example.org') }));
  const confirm = await toNewAddress(test, id);
  expect(await renewals(test)).toEqual([0]);
  await confirm();
  expect(await renewals(test)).toEqual([1]);
  await expect(consume()).rejects.toMatchObject(refusal('execution_window_passed'));
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});

it('what the old address has authorized comes into force no more when it is replaced', async () => {
  await using test = await openFactorCore();
  const { id } = await vouchedOtp(test);
  const evil = ada(test);
  const config = { channel: 'email', address: 'mallory@evil.example' };
  const { factor, confirmation } = await authorized(test, evil, () =>
    test.core.factors.create(evil, { methodId: 'otp', config }),
  );
  const confirm = await toNewAddress(test, id);
  await confirm();
  await expect(
    test.core.factors.confirm(evil, {
      id: factor.id,
      confirmationId: confirmation!.id,
      data: { code: test.outbox.codeFor('mallory@evil.example') },
    }),
  ).rejects.toMatchObject(refusal('not_found'));
});

it('a change of its own that a factor has authorized comes into force', async () => {
  await using test = await openFactorCore();
  const { id } = await vouchedOtp(test);
  const config = { channel: 'email', address: 'new@example.org' };
  const { confirmation } = await authorized(test, ada(test), () =>
    test.core.factors.update(ada(test), { id, config }),
  );
  const data = { code: test.outbox.codeFor('new@example.org') };
  await expect(
    test.core.factors.confirm(ada(test), { id, confirmationId: confirmation!.id, data }),
  ).resolves.toMatchObject({ hint: 'n•••@example.org' });
});

it('a change that applies at once replaces what is in force too', async () => {
  await using test = await openFactorCore();
  const { factor } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'nickname',
    config: { word: 'lovelace' },
    confirmed: true,
  });
  const consume = await granted(test, 'nickname', () => ({ word: 'lovelace' }));
  await test.core.factors.update(test.service, { id: factor.id, title: 'Word' });
  expect(await renewals(test)).toEqual([0]);
  await test.core.factors.update(test.service, { id: factor.id, config: { word: 'Lovelace' } });
  expect(await renewals(test)).toEqual([1]);
  await expect(consume()).rejects.toMatchObject(refusal('execution_window_passed'));
});

it('the first confirmation replaces nothing', async () => {
  await using test = await openFactorCore();
  const { factor, confirmation } = await test.core.factors.create(test.service, {
    subjectId: 'ada',
    methodId: 'otp',
    config: { channel: 'email', address: 'ada@example.org' },
  });
  await test.core.factors.confirm(test.service, {
    id: factor.id,
    confirmationId: confirmation!.id,
    data: { code: test.outbox.codeFor('ada@example.org') },
  });
  expect(await renewals(test)).toEqual([0]);
});
