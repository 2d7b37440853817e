import { expect, it } from 'vitest';
import type { AuthorizationRequestView } from '../../src/authorization-request/schema.ts';
import { insertRequest } from '../../src/authorization-request/statement/insert.ts';
import { decisionBytes } from '../../src/method/methods/device/bytes.ts';
import { findViolations, type TestCore } from '../../testing/index.ts';
import { keyedPhone, openDeviceCore } from '../factor/device/phone.ts';
import { refusal } from '../fixtures.ts';
import { withoutCondition } from '../planted/without-condition.ts';

type Phone = Awaited<ReturnType<typeof keyedPhone>>;

/** "This was not me", signed by the phone that was asked. */
async function report({ core }: TestCore, { device, key }: Phone, request: AuthorizationRequestView) {
  const { id, dataHash, displayHash, challenge } = request;
  if (challenge === null) throw new Error('no device is asked');
  const { nonce } = challenge.options as { nonce: string };
  const { expiresAt } = challenge;
  const said = { decision: 'deny', device: 'phone-1', digits: '' } as const;
  const bytes = decisionBytes({ ...said, dataHash, displayHash, expiresAt, nonce, request: id });
  const { device: uuid, ...answer } = said;
  const proof = { method: 'device', uuid, ...answer, signature: key.sign(bytes) };
  const phone = core.context({ kind: 'device', subjectId: 'ada', factorId: device.id });
  return await core.authorizationRequest.deny(phone, { id, reason: 'not_me', proof });
}

it('a session that somebody has said is not theirs starts nothing for twenty minutes, by a phone or a code; others do', async () => {
  await using test = await openDeviceCore();
  const phone = await keyedPhone(test);
  const { authorizationRequest: api } = test.core;
  const stolen = test.subject('ada', 'stolen');
  const ask = (sessionId: string, methods: readonly string[], slug = 'transfer') =>
    api.create(test.service, {
      slug,
      subjectId: 'ada',
      sessionId,
      title: 'Transfer',
      methods: [...methods],
      ...(methods.includes('otp') && { deliverTo: { channel: 'email', address: 'ada@example.org' } }),
    });
  const request = await ask('stolen', ['device']);
  expect(await report(test, phone, request)).toMatchObject({ state: 'denied', reason: 'not_me' });

  const retryAt = new Date(test.clock.now().getTime() + test.service.limits.mutedSeconds * 1000);
  const refused = refusal('rate_limited', { retryAt });
  await expect(ask('stolen', ['otp'])).rejects.toMatchObject(refused);
  await expect(ask('stolen', ['device'], 'other')).rejects.toMatchObject(refused);
  await expect(test.core.devices.revoke(stolen, { id: phone.device.id })).rejects.toMatchObject(refused);
  await expect(ask('own', ['device'], 'other')).rejects.toMatchObject(refused);
  expect(await ask('own', ['otp'], 'statement')).toMatchObject({ state: 'waiting' });

  const naive = await withoutCondition(
    [insertRequest],
    /WHEN \$\d+::text IS NOT NULL AND \(s\.silenced.*?::bigint(?= THEN)/,
    (found) => `WHEN false AND ${found.slice('WHEN '.length)}`,
    () => ask('stolen', ['otp'], 'balance'),
  );
  expect(naive, 'where prompts alone are muted').toMatchObject({ state: 'waiting' });

  test.clock.set(retryAt);
  expect(await ask('stolen', ['device'], 'other')).toMatchObject({ state: 'waiting' });
  expect(await findViolations(test.database.sql, { now: test.clock.now() })).toEqual([]);
});
