import type { z } from 'zod';
import type { KnownFactor, VerifyInput } from '../../../src/method/define.ts';
import { passkey } from '../../../src/method/methods/passkey.ts';
import type { Passkey, StoredPasskey } from '../../../src/method/methods/passkey/stored.ts';
import { systemRandomness } from '../../../src/runtime.ts';
import {
  createVirtualPasskey,
  type PasskeyChanges,
  type RegistrationChanges,
  type VirtualPasskey,
  type VirtualPasskeyOptions,
} from '../../../testing/virtual-passkey.ts';

export const rpId = 'example.org';
export const origin = 'https://app.example.org';
export const method = passkey({ rpId, origins: [origin, 'https://example.org'] });
export const now = new Date('2026-03-01T10:00:00Z');
export const surroundings = { settings: {}, issuer: 'Example Bank', context: null };

export const request: VerifyInput['request'] = {
  kind: 'authorization_request',
  id: 'areq_0195e7a8k3q6f7r8t9v0w1x2y3',
  slug: 'transfer',
  subjectId: 'ada',
  dataHash: 'W6ph5Mm5Pz8GgiULbPgzG37mj9g4vnYTOrQWZZn0pWs',
  displayHash: 'MMeTaQ1v5s0t1u2v3w4x5y6z7A8B9C0D1E2F3G4H5I6',
};

const proven = {
  ...request,
  title: 'Transfer',
  description: null,
  facts: [],
  sessionId: null,
  locale: undefined,
  deliverTo: null,
};

export function device(options: Partial<VirtualPasskeyOptions> = {}): VirtualPasskey {
  return createVirtualPasskey({ origin, rpId, ...options });
}

interface Begin {
  readonly subjectId?: string;
  readonly factors?: readonly KnownFactor<Passkey>[];
  readonly current?: StoredPasskey | null;
}

/** Begins an enrolment: what is stored of it, and the options for the browser. */
export async function begin({ subjectId = 'ada', factors = [], current = null }: Begin = {}) {
  const enrolment = await enrolmentOf().begin({
    ...surroundings,
    given: {},
    subjectId,
    factorId: 'fact_new',
    current,
    factors,
    randomness: systemRandomness,
    now,
  });
  const { options } = enrolment.setup as { options: CreationOptions };
  return { enrolment, options, pending: enrolment.config as StoredPasskey };
}

export interface CreationOptions {
  readonly challenge: string;
  readonly user: { readonly id: string };
  readonly [name: string]: unknown;
}

/** Completes one, with an answer that has been through its schema as any answer has. */
export async function complete(config: StoredPasskey, response: unknown, at: Date = now) {
  return await enrolmentOf().complete({
    ...surroundings,
    answer: enrolmentOf().answer.parse({ response }),
    config,
    subjectId: 'ada',
    factorId: 'fact_new',
    request: { ...request, kind: 'enrolment' },
    matches: () => false,
    now: at,
  });
}

export function enrolmentOf() {
  if (method.enrolment === null) throw new Error('a passkey is enrolled');
  return method.enrolment;
}

/** A passkey in force, and the device that has its key. */
export interface Enrolled {
  readonly phone: VirtualPasskey;
  readonly factor: KnownFactor<Passkey>;
}

export async function enrol(
  options: Partial<VirtualPasskeyOptions> = {},
  { subjectId = 'ada', factors = [] }: Begin = {},
  changes: RegistrationChanges = {},
): Promise<Enrolled> {
  const phone = device(options);
  const begun = await begin({ subjectId, factors });
  const completed = await complete(begun.pending, phone.register(begun.options, changes));
  if (!completed.valid) throw new Error('an honest registration is right');
  return {
    phone,
    factor: { id: `fact_${phone.credentialId}`, subjectId, config: completed.config as Passkey },
  };
}

/** Asks for a passkey. */
export async function ask(
  factor: KnownFactor<Passkey> | null,
  factors: readonly KnownFactor<Passkey>[] = [],
) {
  const issued = await method.issue({
    ...surroundings,
    request: proven,
    factor,
    factors: factor === null ? factors : [factor],
    recipient: null,
    expiresInSeconds: 120,
    randomness: systemRandomness,
    generate: undefined,
  });
  return { ...issued, options: issued.options as RequestOptions, state: issued.state as { nonce: string } };
}

export interface RequestOptions {
  readonly challenge: string;
  readonly rpId: string;
  readonly timeout: number;
  readonly userVerification: string;
  readonly allowCredentials: readonly { readonly id: string }[];
}

type Asked = Awaited<ReturnType<typeof ask>>;

/** Judges a response, with the proof that has been through its schema as any proof has. */
export async function judge(
  asked: Asked,
  factor: KnownFactor<Passkey> | null,
  response: unknown,
  changes: Partial<VerifyInput> = {},
) {
  return await method.verify({
    ...surroundings,
    proof: (method.proof as z.ZodType).parse({ method: 'passkey', response }),
    decision: 'grant',
    request,
    challenge: { id: 'chal_1', options: asked.options, state: asked.state, expiresAt: now },
    factor,
    matches: () => false,
    now,
    ...changes,
  });
}

/** One whole assertion, of which something may be different. */
export async function assertOnce(
  { phone, factor }: Enrolled,
  changes: PasskeyChanges = {},
  verify: Partial<VerifyInput> = {},
) {
  const asked = await ask(factor);
  return await judge(asked, factor, phone.authenticate(asked.options, changes), verify);
}

export const wrong = { valid: false };
