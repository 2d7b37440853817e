import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineOperation } from '../../src/index.ts';
import { createVirtualPasskey } from '../../testing/index.ts';
import { refusal } from '../fixtures.ts';
import { ask, enrolTotp, openWithFactors, origin, rpId } from './enrolled.ts';
import type { TestCore } from '../../testing/index.ts';

type Authenticator = ReturnType<typeof createVirtualPasskey>;

async function enrolPasskey(test: TestCore, subjectId = 'ada') {
  const authenticator: Authenticator = createVirtualPasskey({ origin, rpId });
  const { factor, confirmation, setup } = await test.core.factors.create(test.service, {
    subjectId,
    methodId: 'passkey',
  });
  const { options } = setup as { options: Parameters<Authenticator['register']>[0] };
  const confirmed = await test.core.factors.confirm(test.service, {
    id: factor.id,
    confirmationId: confirmation?.id ?? '',
    data: { response: authenticator.register(options) },
  });
  expect(confirmed).toMatchObject({ status: 'confirmed', method: 'passkey' });
  return { authenticator, factorId: factor.id };
}

function answer(authenticator: Authenticator, options: unknown) {
  return {
    method: 'passkey',
    response: authenticator.authenticate(options),
  };
}

const strong = defineOperation({
  slug: 'strong',
  data: z.unknown(),
  title: 'Strong',
  binding: 'cryptographic',
});

describe('a passkey', () => {
  it('grants an operation that demands a signature over its data', async () => {
    await using test = await openWithFactors({ operations: [strong] });
    const { authenticator, factorId } = await enrolPasskey(test);
    await enrolTotp(test);
    const request = await ask(test, { slug: 'strong', title: undefined });
    expect(request).toMatchObject({ methods: ['passkey'], challenge: { method: 'passkey' } });
    const proof = answer(authenticator, request.challenge?.options);
    const granted = await test.core.authorizationRequest.grant(test.service, { id: request.id, proof });
    expect(granted).toMatchObject({ granted: true, request: { binding: 'cryptographic' } });
    const [factor] = (await test.core.factors.list(test.service, { subjectId: 'ada' })).filter(
      ({ id }) => id === factorId,
    );
    expect(factor?.lastUsedAt).toEqual(test.clock.now());
  });

  it('answers the one request it signed: not another one with the same data, not one with other data', async () => {
    await using test = await openWithFactors();
    const { authenticator } = await enrolPasskey(test);
    const [first, twin] = [await ask(test, { data: 1 }), await ask(test, { data: 1 })];
    const proof = answer(authenticator, first.challenge?.options);
    const api = test.core.authorizationRequest;
    expect(await api.grant(test.service, { id: twin.id, proof })).toMatchObject({ granted: false });
    expect(await api.grant(test.service, { id: first.id, proof })).toMatchObject({ granted: true });
  });

  it('grants once when its one assertion comes 200 times in parallel', async () => {
    await using test = await openWithFactors({
      limits: { wrongProofsPerDayMax: 500, consecutiveWrongFree: 500 },
    });
    const { authenticator } = await enrolPasskey(test);
    const { id, challenge } = await ask(test);
    const proof = answer(authenticator, challenge?.options);
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, () => test.core.authorizationRequest.grant(test.service, { id, proof })),
    );
    const granted = answers.filter((one) => one.status === 'fulfilled' && one.value.granted);
    expect(granted).toHaveLength(1);
    const { rows } = await test.database.sql.query(
      "SELECT FROM countersign.event WHERE type = 'authorization_request.granted'",
    );
    expect(rows).toHaveLength(1);
  });

  it('of somebody else proves nothing, and cannot be registered by a second subject', async () => {
    await using test = await openWithFactors();
    await enrolPasskey(test);
    const { authenticator: bobs } = await enrolPasskey(test, 'bob');
    const { id, challenge } = await ask(test);
    const options = { ...(challenge?.options as object), allowCredentials: [] };
    const proof = answer(bobs, options);
    expect(await test.core.authorizationRequest.grant(test.service, { id, proof })).toMatchObject({
      granted: false,
    });
    await expect(
      test.core.factors.create(test.service, { subjectId: 'ada', methodId: 'passkey', confirmed: true }),
    ).rejects.toMatchObject(refusal('invalid_input'));
  });
});
