import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Passkey } from '../../../src/method/methods/passkey/stored.ts';
import type { RegistrationChanges } from '../../../testing/virtual-passkey.ts';
import { begin, complete, device, enrol, enrolmentOf, now, origin, rpId, wrong } from './ceremony.ts';

describe('the enrolment of a passkey', () => {
  it('asks the browser for one that verifies its user, and for no attestation', async () => {
    const { enrolment, options } = await begin();
    expect(options).toMatchObject({
      rp: { id: rpId, name: 'Example Bank' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
      timeout: 300_000,
      excludeCredentials: [],
      pubKeyCredParams: [
        { type: 'public-key', alg: -7 },
        { type: 'public-key', alg: -8 },
        { type: 'public-key', alg: -257 },
      ],
    });
    expect(enrolment.confirmedBy).toBe('required');
  });

  it('makes a challenge of 32 random bytes and keeps it', async () => {
    const [first, second] = [await begin(), await begin()];
    expect(Buffer.from(first.options.challenge, 'base64url')).toHaveLength(32);
    expect(first.options.challenge).not.toBe(second.options.challenge);
    expect(first.pending).toMatchObject({ challenge: first.options.challenge, rpId });
  });

  it('names the subject to the authenticator by random bytes that nobody can try addresses against', async () => {
    const { options } = await begin({ subjectId: 'ada@example.org' });
    expect(Buffer.from(options.user.id, 'base64url')).toHaveLength(64);
    const again = await begin({ subjectId: 'ada@example.org' });
    expect(again.options.user.id).not.toBe(options.user.id);
    for (const algorithm of ['sha256', 'sha512'])
      expect(options.user.id).not.toBe(createHash(algorithm).update('ada@example.org').digest('base64url'));
  });

  it('names a subject alike to all its passkeys, and excludes those it has', async () => {
    const first = await enrol();
    const { options } = await begin({ factors: [first.factor] });
    expect(options).toMatchObject({
      user: { id: first.factor.config.userHandle },
      excludeCredentials: [
        { id: first.phone.credentialId, type: 'public-key', transports: ['hybrid', 'internal'] },
      ],
    });
    expect(() => first.phone.register(options)).toThrow('registered already');
  });

  it('takes nothing that a client gives', () => {
    const { given } = enrolmentOf();
    expect(given.safeParse({}).success).toBe(true);
    expect(given.safeParse({ challenge: 'AAAA' }).success).toBe(false);
    expect(given.safeParse({ publicKey: 'AAAA' }).success).toBe(false);
  });

  it.each(['ES256', 'EdDSA', 'RS256'] as const)('registers a key of %s', async (algorithm) => {
    const { pending, options } = await begin();
    const phone = device({ algorithm });
    expect(await complete(pending, phone.register(options))).toEqual({
      valid: true,
      hint: 'synced passkey',
      identity: { scope: 'installation', value: phone.credentialId },
      config: {
        credentialId: phone.credentialId,
        publicKey: expect.stringMatching(/^[\w-]+$/) as string,
        counter: 0,
        transports: ['hybrid', 'internal'],
        rpId,
        userHandle: options.user.id,
        deviceType: 'multiDevice',
        backedUp: true,
      } satisfies Passkey,
    });
  });

  it('tells a security key from a synced passkey', async () => {
    const { pending, options } = await begin();
    expect(await complete(pending, device({ synced: false }).register(options))).toMatchObject({
      hint: 'security key',
      config: { deviceType: 'singleDevice', backedUp: false },
    });
  });

  const accepted: [string, RegistrationChanges][] = [
    ['nothing unusual', {}],
    ['an authenticator that attests to itself', { attestation: 'self' }],
    ['authenticator extensions', { extensions: { credProtect: 2 } }],
    ['client data with members of a later standard', { clientData: { later: { than: 'level 3' } } }],
    ['a counter that starts high', { counter: 4_294_967_295 }],
    ['the other origin', { clientData: { origin: 'https://example.org' } }],
    ['a passkey that can be synced and is not yet', { flags: { backedUp: false } }],
  ];
  it.each(accepted)('accepts %s', async (_, changes) => {
    const { pending, options } = await begin();
    expect(await complete(pending, device().register(options, changes))).toMatchObject({ valid: true });
  });

  /** Each differs from an accepted registration in one thing (WebAuthn §7.1). */
  const refused: [string, RegistrationChanges][] = [
    ['an assertion as registration', { clientData: { type: 'webauthn.get' } }],
    ['no type', { clientData: { type: undefined } }],
    ['another challenge', { clientData: { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }],
    ['an empty challenge', { clientData: { challenge: '' } }],
    ['an origin of somebody else', { clientData: { origin: 'https://example.com' } }],
    ['an origin below ours that was not named', { clientData: { origin: 'https://other.example.org' } }],
    ['an origin that only begins alike', { clientData: { origin: `${origin}.evil.example` } }],
    ['our origin without https', { clientData: { origin: 'http://app.example.org' } }],
    ['a frame on another page', { clientData: { crossOrigin: true } }],
    [
      'a frame on another page that is named',
      { clientData: { crossOrigin: true, topOrigin: 'https://evil.example' } },
    ],
    ['a page around it that is named', { clientData: { topOrigin: 'https://app.example.org' } }],
    ['an unknown token binding', { clientData: { tokenBinding: { status: 'sometimes' } } }],
    ['another relying party', { rpId: 'example.com' }],
    ['no user present', { flags: { userPresent: false } }],
    ['no user verified', { flags: { userVerified: false } }],
    ['a backup of what cannot be backed up', { flags: { backupEligible: false } }],
    ['no attested credential', { flags: { attested: false } }],
    ['an extension flag without extensions', { flags: { extended: true } }],
    ['extensions without their flag', { extensions: { credProtect: 2 }, flags: { extended: false } }],
    ['a key of an algorithm that was not offered', { publicKey: (key) => key.set(3, -35) }],
    ['a key without its algorithm', { publicKey: (key) => key.delete(3) }],
    ['a key of another curve than its algorithm has', { publicKey: (key) => key.set(-1, 2) }],
    ['a key of another type than its algorithm has', { publicKey: (key) => key.set(1, 1) }],
    ['a key without a coordinate', { publicKey: (key) => key.delete(-3) }],
    ['a key whose point is on no curve', { publicKey: (key) => key.set(-3, new Uint8Array(32)) }],
    ['a compressed key', { publicKey: (key) => key.set(-3, true) }],
    [
      'authenticator data that is cut off in its head',
      { authenticatorData: (bytes) => bytes.subarray(0, 36) },
    ],
    ['authenticator data that is cut off in its id', { authenticatorData: (bytes) => bytes.subarray(0, 70) }],
    [
      'authenticator data that is cut off in its key',
      { authenticatorData: (bytes) => bytes.subarray(0, -1) },
    ],
    ['a byte too many', { authenticatorData: (bytes) => Buffer.concat([bytes, Buffer.of(0)]) }],
    ['an attestation of no known format', { attestationObject: (parts) => parts.set('fmt', 'made-up') }],
    [
      'a statement where none belongs',
      { attestationObject: (parts) => parts.set('attStmt', new Map([['alg', -7]])) },
    ],
    [
      'a statement about itself for other data',
      {
        attestation: 'self',
        attestationObject: (parts) => {
          const authData = Buffer.from(parts.get('authData') as Uint8Array);
          authData[36] = 1;
          parts.set('authData', authData);
        },
      },
    ],
    ...['fido-u2f', 'android-key', 'android-safetynet', 'apple', 'tpm'].map(
      (format): [string, RegistrationChanges] => [
        `an attestation by ${format}, which nobody asked for`,
        { attestation: 'self', attestationObject: (parts) => parts.set('fmt', format) },
      ],
    ),
  ];
  it.each(refused)('refuses %s', async (_, changes) => {
    const { pending, options } = await begin();
    expect(await complete(pending, device().register(options, changes))).toEqual(wrong);
  });

  it('refuses a key of RSA below 2048 bits', async () => {
    const { pending, options } = await begin();
    const answer = device({ algorithm: 'RS256' }).register(options, {
      publicKey: (key) =>
        key.set(
          -1,
          Uint8Array.from({ length: 128 }, () => 0xff),
        ),
    });
    expect(await complete(pending, answer)).toEqual(wrong);
  });

  it.each(['ES256', 'EdDSA', 'RS256'] as const)('refuses a key of %s that is cut off', async (algorithm) => {
    const { pending, options } = await begin();
    const cut = (bytes: Buffer) => bytes.subarray(0, -1);
    const answer = device({ algorithm }).register(options, { authenticatorData: cut });
    expect(await complete(pending, answer)).toEqual(wrong);
  });

  it('refuses an answer to another enrolment of the same subject', async () => {
    const [first, second] = [await begin(), await begin()];
    expect(await complete(first.pending, device().register(second.options))).toEqual(wrong);
  });

  it('refuses an answer when five minutes are over, and takes it just before', async () => {
    const { pending, options } = await begin();
    const answer = device().register(options);
    const after = (milliseconds: number) => new Date(now.getTime() + milliseconds);
    expect(await complete(pending, answer, after(299_999))).toMatchObject({ valid: true });
    expect(await complete(pending, answer, after(300_000))).toEqual(wrong);
  });

  it('completes only what has begun: a passkey in force cannot be exchanged for another', async () => {
    const { factor } = await enrol();
    const { options } = await begin();
    expect(await complete(factor.config, device().register(options))).toEqual(wrong);
  });

  it('refuses an enrolment that began for another relying party', async () => {
    const { pending, options } = await begin();
    expect(await complete({ ...pending, rpId: 'example.com' }, device().register(options))).toEqual(wrong);
  });

  it('refuses a credential under another id than its authenticator gave it', async () => {
    const { pending, options } = await begin();
    const { credentialId: other } = device();
    const answer = device().register(options);
    expect(await complete(pending, { ...answer, id: other, rawId: other })).toEqual(wrong);
    expect(await complete(pending, { ...answer, id: other })).toEqual(wrong);
    expect(await complete(pending, { ...answer, rawId: other })).toEqual(wrong);
  });

  it.each(['clientDataJSON', 'attestationObject'])('refuses %s that is no such thing', async (member) => {
    const { pending, options } = await begin();
    const answer = device().register(options);
    for (const text of ['null', '[]', '7', '{', '"text"']) {
      const response = { ...answer.response, [member]: Buffer.from(text).toString('base64url') };
      expect(await complete(pending, { ...answer, response }), text).toEqual(wrong);
    }
  });
});
