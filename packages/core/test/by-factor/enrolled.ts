import { Secret, TOTP } from 'otpauth';
import type { CreateInput } from '../../src/authorization-request/schema.ts';
import type { CoreOptions } from '../../src/core.ts';
import { dummy } from '../../src/method/methods/dummy.ts';
import { otp } from '../../src/method/methods/otp.ts';
import { passkey } from '../../src/method/methods/passkey.ts';
import { recoveryCodes } from '../../src/method/methods/recovery-code.ts';
import { totp } from '../../src/method/methods/totp.ts';
import { createOutbox, openTestCore, type TestCore } from '../../testing/index.ts';

export const rpId = 'bank.example';
export const origin = 'https://bank.example';

/** Core with every built-in method, and operations that list the ones that must be listed. */
export async function openWithFactors(options: Partial<CoreOptions> = {}): Promise<TestCore> {
  const outbox = createOutbox();
  const methods = [
    otp({ send: outbox.send }),
    totp(),
    passkey({ rpId, origins: [origin] }),
    recoveryCodes(),
    dummy(),
  ];
  const test = await openTestCore({ methods, ...options });
  return { ...test, outbox, [Symbol.asyncDispose]: () => test[Symbol.asyncDispose]() };
}

export interface Authenticator {
  readonly factorId: string;
  /** The code of now, or of so many steps later. */
  code(steps?: number): string;
  proof(steps?: number): { method: 'totp'; code: string };
  wrong(): { method: 'totp'; code: string };
}

export async function enrolTotp(test: TestCore, subjectId = 'ada'): Promise<Authenticator> {
  const { factor, setup } = await test.core.factors.create(test.service, {
    subjectId,
    methodId: 'totp',
    confirmed: true,
  });
  const secret = Secret.fromBase32((setup as { secret: string }).secret);
  const code = (steps = 0) =>
    new TOTP({ secret }).generate({ timestamp: test.clock.now().getTime() + steps * 30_000 });
  return {
    factorId: factor.id,
    code,
    proof: (steps) => ({ method: 'totp', code: code(steps) }),
    wrong() {
      const right = new Set([code(-1), code(), code(1)]);
      const candidates = ['000000', '111111', '222222', '333333'];
      return { method: 'totp', code: candidates.find((candidate) => !right.has(candidate)) ?? '444444' };
    },
  };
}

export async function enrolEmail(test: TestCore, address: string, subjectId = 'ada'): Promise<string> {
  const { factor } = await test.core.factors.create(test.service, {
    subjectId,
    methodId: 'otp',
    config: { channel: 'email', address },
    confirmed: true,
  });
  return factor.id;
}

let made = 0;

/** A request that only the subject's factors can answer. */
export async function ask(test: TestCore, changes: Partial<CreateInput> = {}) {
  made += 1;
  return await test.core.authorizationRequest.create(test.service, {
    slug: 'transfer',
    subjectId: 'ada',
    data: made,
    title: 'Transfer money',
    ...changes,
  });
}
