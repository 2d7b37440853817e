import { expect, it } from 'vitest';
import { openTestCore } from '../testing/index.ts';

it('authorizes a transfer by a code from the inbox and lets it happen exactly once', async () => {
  await using test = await openTestCore();
  const { core, service, outbox } = test;
  const data = { to: 'GB29', amountCents: 250_000 };
  const request = await core.authorizationRequest.create(service, {
    slug: 'transfer',
    subjectId: 'ada',
    data,
    title: 'Transfer money',
    facts: [{ label: 'Amount', value: '€ 2,500.00' }],
    deliverTo: { channel: 'email', address: 'ada@example.org' },
  });
  expect(request).toMatchObject({
    state: 'waiting',
    attemptsLeft: 5,
    challenge: { method: 'otp', sentTo: 'a•••@example.org' },
  });
  const code = outbox.codeFor('ada@example.org');
  expect(outbox.messages[0]?.text).toContain('€ 2,500.00');

  const wrong = code === '00000000' ? '11111111' : '00000000';
  const refused = await core.authorizationRequest.grant(service, {
    id: request.id,
    proof: { method: 'otp', code: wrong },
  });
  expect(refused).toMatchObject({ granted: false, attemptsLeft: 4 });
  const granted = await core.authorizationRequest.grant(service, {
    id: request.id,
    proof: { method: 'otp', code },
  });
  expect(granted).toMatchObject({ granted: true, request: { state: 'granted', binding: 'server' } });

  const consume = { id: request.id, slug: 'transfer', subjectId: 'ada', data };
  await expect(
    core.authorizationRequest.consume(service, { ...consume, data: { ...data, amountCents: 1 } }),
  ).rejects.toMatchObject({ reason: 'data_mismatch' });
  await expect(
    core.authorizationRequest.consume(service, { ...consume, subjectId: 'bob' }),
  ).rejects.toMatchObject({ reason: 'not_found' });
  expect(await core.authorizationRequest.consume(service, consume)).toMatchObject({
    consumed: true,
    receipt: { binding: 'server' },
  });
  await expect(core.authorizationRequest.consume(service, consume)).rejects.toMatchObject({
    reason: 'already_consumed',
  });

  const { items } = await test.events(service, { requestId: request.id });
  expect(items.map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
    '1 authorization_request.created',
    '2 authorization_request.challenged',
    '3 authorization_request.check_failed',
    '4 authorization_request.granted',
    '5 authorization_request.consumed',
  ]);
});
