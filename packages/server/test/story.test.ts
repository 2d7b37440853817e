import { expect, it } from 'vitest';
import { startTestServer } from '../testing/index.ts';
import { serviceClient } from './support/client.ts';
import { transfer, transferData, transferRequest, wrongCode } from './support/transfer.ts';

it('carries one authorization from its creation to its one use, over HTTP', async () => {
  await using server = await startTestServer({ operations: { transfer } });
  const client = serviceClient(server);

  const request = await client.authorizationRequest.create.mutate(transferRequest);
  expect(request).toMatchObject({ state: 'waiting', title: 'Transfer money', attemptsLeft: 5 });
  expect(request.createdAt).toBeInstanceOf(Date);
  expect(request.facts).toEqual([
    { label: 'To', value: 'GB29' },
    { label: 'Amount', value: '€ 2500' },
  ]);

  const answer = await fetch(`${server.url}/inbox/messages?to=ada@example.org`);
  const [message] = (await answer.json()) as { code: string; text: string }[];
  const code = message!.code;
  expect(message!.text).toContain('€ 2500');

  const proof = { method: 'otp', code };
  expect(
    await client.authorizationRequest.grant.mutate({
      id: request.id,
      proof: { ...proof, code: wrongCode(code) },
    }),
  ).toMatchObject({
    granted: false,
    attemptsLeft: 4,
  });
  expect(await client.authorizationRequest.grant.mutate({ id: request.id, proof })).toMatchObject({
    granted: true,
    request: { state: 'granted', binding: 'server' },
  });

  const use = { id: request.id, slug: 'transfer', subjectId: 'ada', data: transferData };
  const refused = (input: typeof use) =>
    client.authorizationRequest.consume.mutate(input).catch((error: { data: unknown }) => error.data);
  expect(await refused({ ...use, data: { ...transferData, amountCents: 1 } })).toMatchObject({
    reason: 'data_mismatch',
    httpStatus: 409,
  });
  expect(await refused({ ...use, subjectId: 'bob' })).toMatchObject({ reason: 'not_found', httpStatus: 404 });
  expect(await client.authorizationRequest.consume.mutate(use)).toMatchObject({
    consumed: true,
    receipt: { binding: 'server' },
  });
  expect(await refused(use)).toMatchObject({ reason: 'already_consumed', httpStatus: 409 });

  // The log waits for the oldest transaction of the whole cluster, and other tests run on it.
  const types = async () =>
    (await client.event.list.query({ requestId: request.id })).items.map(({ type }) => type.split('.')[1]);
  await expect
    .poll(types, { timeout: 10_000 })
    .toEqual(['created', 'challenged', 'check_failed', 'granted', 'consumed']);
  expect((await client.authorizationRequest.list.query({ state: 'granted' })).items).toHaveLength(1);
});

it('checks without deciding, then grants without the proof', async () => {
  await using server = await startTestServer({ operations: { transfer } });
  const client = serviceClient(server);
  const { id } = await client.authorizationRequest.create.mutate(transferRequest);
  const proof = { method: 'otp', code: server.inbox.messages()[0]!.code };
  expect(await client.authorizationRequest.check.mutate({ id, proof })).toEqual({
    valid: true,
    attemptsLeft: 5,
  });
  expect(await client.authorizationRequest.grant.mutate({ id })).toMatchObject({ granted: true });
});

it('asks again, denies and cancels', async () => {
  await using server = await startTestServer({ operations: { transfer } });
  const client = serviceClient(server);
  const first = await client.authorizationRequest.create.mutate(transferRequest);
  server.clock.advance(61);
  expect(await client.authorizationRequest.challenge.mutate({ id: first.id })).toMatchObject({
    method: 'otp',
  });
  server.clock.advance(61);
  expect(await client.authorizationRequest.reset.mutate({ id: first.id })).toMatchObject({
    request: { state: 'waiting' },
  });
  expect(server.inbox.messages()).toHaveLength(3);
  expect(await client.authorizationRequest.deny.mutate({ id: first.id })).toMatchObject({
    state: 'denied',
    reason: 'declined',
  });
  const second = await client.authorizationRequest.create.mutate({
    ...transferRequest,
    data: { ...transferData, amountCents: 5 },
  });
  expect(await client.authorizationRequest.cancel.mutate({ id: second.id })).toMatchObject({
    state: 'cancelled',
  });
});

it('lists the methods that this installation offers', async () => {
  await using server = await startTestServer();
  const [otp] = await serviceClient(server).method.list.query();
  expect(otp).toMatchObject({ key: 'otp', isDefault: true });
  expect(otp!.id).toMatch(/^mth_/);
});

it('answers for text of which every character must be shown escaped', async () => {
  await using server = await startTestServer({ operations: { transfer } });
  const client = serviceClient(server);
  const hidden = '\u202e';
  const facts = Array.from({ length: 12 }, () => ({ label: hidden.repeat(40), value: hidden.repeat(200) }));
  const created = await client.authorizationRequest.create.mutate({
    slug: 'adhoc',
    subjectId: 'hidden',
    title: hidden.repeat(200),
    description: hidden.repeat(2000),
    facts,
    deliverTo: { channel: 'email', address: 'ada@example.org' },
  });
  expect(created.facts[0]?.value).toBe(String.raw`\u202e`.repeat(200));
  expect((await client.authorizationRequest.list.query({ subjectId: 'hidden' })).items).toHaveLength(1);
});
