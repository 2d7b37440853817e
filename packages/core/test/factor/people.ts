import { createHmac } from 'node:crypto';
import { TOTP } from 'otpauth';
import { z } from 'zod';
import type { AuthorizationRequestView } from '../../src/authorization-request/schema.ts';
import type { CoreContext } from '../../src/context.ts';
import type { CoreOptions } from '../../src/core.ts';
import type { CountersignError } from '../../src/error.ts';
import { defineMethod, type Method } from '../../src/method/define.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { recoveryCodes } from '../../src/method/methods/recovery-code.ts';
import { totp } from '../../src/method/methods/totp.ts';
import { defineOperation } from '../../src/operation/define.ts';
import { createOutbox, openTestCore, type TestCore } from '../../testing/index.ts';

/** Signs the data, as a passkey does: the strongest binding there is, without a browser. */
function signet(): Method {
  return defineMethod({
    key: 'signet',
    title: 'Signet',
    binding: 'cryptographic',
    provesBy: 'factor',
    needsChallenge: false,
    proof: z.strictObject({ signature: z.string() }),
    factor: z.strictObject({ key: z.string(), name: z.string().optional() }),
    issue: () => ({}),
    verify: ({ proof, factor, request }) => ({
      valid: proof.signature === signature(factor?.config.key ?? '', request.dataHash),
    }),
    isSignificantChange: ({ before, after }) => before.key !== after.key,
    enrolment: {
      answer: z.strictObject({ signature: z.string() }),
      begin: ({ given }) => ({
        config: given,
        hint: `signet ${given.name ?? ''}`.trim(),
        identity: { scope: 'installation', value: given.key },
        confirmedBy: 'required',
      }),
      complete: ({ answer, config }) => ({ valid: answer.signature === signature(config.key, 'enrol') }),
    },
  });
}

export function signature(key: string, dataHash: string): string {
  return createHmac('sha256', key).update(dataHash).digest('base64url');
}

/** A name on a list: its change of case is nothing to confirm. */
function nickname(): Method {
  return defineMethod({
    key: 'nickname',
    title: 'Nickname',
    binding: 'none',
    provesBy: 'factor',
    needsChallenge: false,
    proof: z.strictObject({ word: z.string() }),
    factor: z.strictObject({ word: z.string() }),
    issue: () => ({}),
    verify: ({ proof, factor }) => ({ valid: proof.word === factor?.config.word }),
    isSignificantChange: ({ before, after }) => before.word.toLowerCase() !== after.word.toLowerCase(),
  });
}

/** What recovery codes are for, since an operation must list them. */
const recover = defineOperation({
  slug: 'recover',
  data: z.null(),
  title: 'Recover the account',
  methods: ['recovery-code'],
  session: 'any',
});

/** Whether a subject proves something by this code, now. */
export async function recovers(
  test: TestCore,
  subjectId: string,
  code: string | undefined,
): Promise<boolean> {
  const { id } = await test.core.authorizationRequest.create(test.service, {
    slug: 'recover',
    subjectId,
    data: null,
  });
  const proof = { method: 'recovery-code', code };
  const { granted } = await test.core.authorizationRequest.grant(test.service, { id, proof });
  return granted;
}

/** Core with every kind of method: sent, counted, listed, signed, and one of a host. */
export async function openFactorCore(options: Partial<CoreOptions> = {}): Promise<TestCore> {
  const outbox = createOutbox();
  const test = await openTestCore({
    methods: [otp({ send: outbox.send }), totp(), recoveryCodes(), signet(), nickname()],
    operations: [recover],
    ...options,
  });
  return Object.assign(test, { outbox });
}

/** A subject's own call, in its session. */
export function ada(test: TestCore): CoreContext {
  return test.subject('ada', 'session-1');
}

/** A factor that the service vouches for. */
export async function vouchedOtp(test: TestCore, subjectId = 'ada', address = `${subjectId}@example.org`) {
  const { factor } = await test.core.factors.create(test.service, {
    subjectId,
    methodId: 'otp',
    config: { channel: 'email', address },
    confirmed: true,
  });
  return factor;
}

/** A confirmed authenticator app, and what it shows. */
export async function enrolledTotp(test: TestCore, subjectId = 'ada') {
  const { factor, setup } = await test.core.factors.create(test.service, {
    subjectId,
    methodId: 'totp',
    confirmed: true,
  });
  const { secret } = setup as { secret: string };
  return {
    factor,
    secret,
    code: () => new TOTP({ secret, algorithm: 'SHA1' }).generate({ timestamp: test.clock.now().getTime() }),
  };
}

/** A confirmed signet; `sign` makes its proof for a request. */
export async function enrolledSignet(test: TestCore, subjectId = 'ada', key = `key of ${subjectId}`) {
  const { factor, confirmation } = await test.core.factors.create(test.service, {
    subjectId,
    methodId: 'signet',
    config: { key },
  });
  const confirmed = await test.core.factors.confirm(test.service, {
    id: factor.id,
    confirmationId: confirmation?.id ?? '',
    data: { signature: signature(key, 'enrol') },
  });
  return {
    factor: confirmed,
    key,
    sign: ({ dataHash }: AuthorizationRequestView) => ({
      method: 'signet',
      signature: signature(key, dataHash),
    }),
  };
}

/** The request that a refusal leaves to be granted. */
export async function refusedRequest(call: Promise<unknown>): Promise<AuthorizationRequestView> {
  try {
    await call;
  } catch (error) {
    const { reason, authorizationRequest } = error as CountersignError;
    if (reason !== 'authorization_required') throw error;
    return authorizationRequest as AuthorizationRequestView;
  }
  throw new Error('the call was not refused');
}

/** Grants what a refusal asks for, by the code that was sent. */
export async function grantByCode(
  test: TestCore,
  context: CoreContext,
  request: AuthorizationRequestView,
  address = `${request.subjectId}@example.org`,
): Promise<void> {
  if (request.challenge === null)
    await test.core.authorizationRequest.challenge(context, { id: request.id, method: 'otp' });
  const proof = { method: 'otp', code: test.outbox.codeFor(address) };
  const { granted } = await test.core.authorizationRequest.grant(context, { id: request.id, proof });
  if (!granted) throw new Error('the code was wrong');
}

/** A subject's call as its browser makes it: refused, granted, repeated. */
export async function authorized<Result>(
  test: TestCore,
  context: CoreContext,
  call: () => Promise<Result>,
): Promise<Result> {
  await grantByCode(test, context, await refusedRequest(call()));
  return await call();
}
