import { Secret, TOTP } from 'otpauth';
import { expect } from 'vitest';
import { sweep } from '../../src/maintenance/sweep.ts';
import type { TestCore } from '../../testing/index.ts';

/**
 * Factors and confirmations of every end, each of a subject that is named after it: `prover` has granted by an
 * authenticator app and has an address besides; `lapsed`, `open`, `confirmed` and `used` have one confirmation each.
 */
export async function plantFactors(test: TestCore): Promise<void> {
  await confirmationOf(test, 'lapsed');
  test.clock.advance(600);
  await sweep(test.service);
  const { core, service } = test;
  const open = await confirmationOf(test, 'open');
  await core.confirmations().confirm(service, { id: open, data: { code: '00000000' } });
  await confirmationOf(test, 'confirmed', confirm);
  const id = await confirmationOf(test, 'used', confirm);
  const use = { id, purpose: 'sign-in', subjectId: 'used', data: mailboxOf('used') };
  const used = await core.confirmations().use(service, use);
  expect(used).toMatchObject({ used: true });
  await proveByFactor(test);
}

const mailboxOf = (subjectId: string) => ({ channel: 'email', address: `${subjectId}@example.org` }) as const;

async function confirmationOf(
  test: TestCore,
  subjectId: string,
  then?: (test: TestCore, subjectId: string, id: string) => Promise<void>,
): Promise<string> {
  const { id } = await test.core.confirmations().request(test.service, {
    methodId: 'otp',
    subjectId,
    purpose: 'sign-in',
    data: mailboxOf(subjectId),
  });
  await then?.(test, subjectId, id);
  return id;
}

async function confirm(test: TestCore, subjectId: string, id: string): Promise<void> {
  const data = { code: test.outbox.codeFor(`${subjectId}@example.org`) };
  expect(await test.core.confirmations().confirm(test.service, { id, data })).toMatchObject({
    status: 'confirmed',
  });
}

async function proveByFactor({ core, service, clock }: TestCore): Promise<void> {
  const owner = { subjectId: 'prover', confirmed: true };
  const { setup } = await core.factors.create(service, { ...owner, methodId: 'totp' });
  const config = { channel: 'email', address: 'prover@example.org' };
  await core.factors.create(service, { ...owner, methodId: 'otp', config });
  const secret = Secret.fromBase32((setup as { secret: string }).secret);
  const code = new TOTP({ secret }).generate({ timestamp: clock.now().getTime() });
  const { id } = await core.authorizationRequest.create(service, {
    slug: 'transfer',
    subjectId: 'prover',
    title: 'Transfer',
    methods: ['totp'],
  });
  const proof = { method: 'totp', code };
  expect(await core.authorizationRequest.grant(service, { id, proof })).toMatchObject({ granted: true });
}
