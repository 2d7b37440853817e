import { createECDH } from 'node:crypto';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import { describe, expect, it } from 'vitest';
import { judgeAssertion } from '../../../src/method/methods/passkey/assertion.ts';
import { completePasskey } from '../../../src/method/methods/passkey/enrol.ts';
import { relyingParty } from '../../../src/method/methods/passkey/relying-party.ts';
import type { Passkey } from '../../../src/method/methods/passkey/stored.ts';
import { now, request, surroundings, wrong } from './ceremony.ts';
import { derived, vectors, type Vector } from './vectors.ts';

const party = relyingParty({ rpId: 'example.org', origins: ['https://example.org'] });
const base64url = (hex: string) => Buffer.from(hex, 'hex').toString('base64url');
const backupEligible = 0x08;
const backedUp = 0x10;

describe('the test vectors of WebAuthn Level 3', () => {
  it('are copied right: what the standard derives comes out again', () => {
    expect(derived('none.ES256', 0, 32)).toBe(vectors.none.registration.challenge);
    expect(derived('none.ES256', 7, 32)).toBe(vectors.none.assertion.challenge);
    expect(derived('packed-self.ES256', 5, 32)).toBe(vectors.self.credentialId);
    expect(derived('none.ES256.crossOrigin', 7, 32)).toBe(vectors.crossOrigin.assertion.challenge);
    expect(derived('none.ES256.topOrigin', 4, 32)).toBe(vectors.topOrigin.credentialId);
    expect(derived('none.ES256.long-credential-id', 6, 32)).toBe(vectors.longId.assertion.challenge);
    expect(derived('packed.ES256', 9, 32)).toBe(vectors.packed.assertion.challenge);
    expect(derived('packed.RS256', 7, 32)).toBe(vectors.rs256.assertion.challenge);
    expect(derived('packed.EdDSA', 9, 32)).toBe(vectors.ed25519.assertion.challenge);
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(derived('none.ES256', 1, 32), 'hex');
    const point = pair.getPublicKey('hex').slice(2);
    expect(vectors.none.publicKey).toContain(point.slice(0, 64));
    expect(vectors.none.publicKey).toContain(point.slice(64));
  });

  const right = [
    ['ES256', vectors.packed],
    ['ES256 with an id of 1023 bytes', vectors.longId],
  ] as const;
  it.each(right)('prove by %s', async (_, vector) => {
    expect(await judgeVector(vector)).toEqual({ valid: true });
    expect(await judgeVector(vector, { challenge: base64url(derived(vector.name, 99, 32)) })).toEqual(wrong);
  });

  const wrongHere = [
    ['ES256 whose user was not verified', vectors.none],
    ['ES256 after self attestation, whose user was not verified', vectors.self],
    ['Ed25519 whose user was not verified', vectors.ed25519],
    ['RS256 whose user was not verified', vectors.rs256],
    ['a frame on another page', vectors.crossOrigin],
  ] as const;
  it.each(wrongHere)('prove nothing here by %s, though every signature is right', async (_, vector) => {
    expect(await judgeVector(vector)).toEqual(wrong);
    expect(await byLibrary(vector)).toMatchObject({ verified: true });
  });

  it('prove nothing here by a frame on a page that is named', async () => {
    expect(await judgeVector(vectors.topOrigin)).toEqual(wrong);
    await expect(byLibrary(vectors.topOrigin)).rejects.toThrow('top origin');
    expect(await byLibrary(vectors.topOrigin, 'https://example.com')).toMatchObject({ verified: true });
  });

  it('register the credential that attests to itself', async () => {
    expect(await registerVector(vectors.self)).toMatchObject({
      valid: true,
      config: {
        credentialId: base64url(vectors.self.credentialId),
        publicKey: base64url(vectors.self.publicKey),
      },
      identity: { scope: 'installation', value: base64url(vectors.self.credentialId) },
    });
  });

  const notHere = [
    ['one whose user was not verified', vectors.none],
    ['one that was made in a frame on another page', vectors.crossOrigin],
    ['one with an attestation that nobody asked for', vectors.packed],
  ] as const;
  it.each(notHere)('register here not %s, though it is a right one', async (_, vector) => {
    expect(await registerVector(vector)).toEqual(wrong);
    const { verified } = await verifyRegistrationResponse({
      response: registrationOf(vector),
      expectedChallenge: base64url(vector.registration.challenge),
      expectedOrigin: 'https://example.org',
      expectedRPID: 'example.org',
      requireUserVerification: false,
      supportedAlgorithmIDs: [-7],
    });
    expect(verified).toBe(true);
  });
});

/** What was registered, as far as the assertion goes. */
function passkeyOf({ credentialId, publicKey, assertion }: Vector): Passkey {
  const flags = Buffer.from(assertion.authenticatorData, 'hex').readUInt8(32);
  return {
    credentialId: base64url(credentialId),
    publicKey: base64url(publicKey),
    counter: 0,
    transports: [],
    rpId: 'example.org',
    userHandle: 'dXNlcg',
    deviceType: (flags & backupEligible) === 0 ? 'singleDevice' : 'multiDevice',
    backedUp: (flags & backedUp) !== 0,
  };
}

function assertionOf({ credentialId, assertion }: Vector) {
  return {
    id: base64url(credentialId),
    rawId: base64url(credentialId),
    type: 'public-key' as const,
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(assertion.clientDataJSON),
      authenticatorData: base64url(assertion.authenticatorData),
      signature: base64url(assertion.signature),
    },
  };
}

async function judgeVector(vector: Vector, changes: { readonly challenge?: string } = {}) {
  return await judgeAssertion({
    party,
    passkey: passkeyOf(vector),
    challenge: base64url(vector.assertion.challenge),
    response: assertionOf(vector),
    ...changes,
  });
}

/** What is right about it without user verification, which WebAuthn leaves to the relying party. */
async function byLibrary(vector: Vector, expectedTopOrigin?: string) {
  const { credentialId: id, counter } = passkeyOf(vector);
  return await verifyAuthenticationResponse({
    response: assertionOf(vector),
    expectedChallenge: base64url(vector.assertion.challenge),
    expectedOrigin: 'https://example.org',
    expectedRPID: 'example.org',
    requireUserVerification: false,
    credential: { id, counter, publicKey: Uint8Array.from(Buffer.from(vector.publicKey, 'hex')) },
    ...(expectedTopOrigin === undefined ? {} : { expectedTopOrigin }),
  });
}

type Registered = Vector & { readonly registration: NonNullable<Vector['registration']> };

function registrationOf({ credentialId, registration }: Registered) {
  return {
    id: base64url(credentialId),
    rawId: base64url(credentialId),
    type: 'public-key' as const,
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(registration.clientDataJSON),
      attestationObject: base64url(registration.attestationObject),
    },
  };
}

async function registerVector(vector: Registered) {
  return await completePasskey(party, {
    ...surroundings,
    answer: { response: registrationOf(vector) },
    config: {
      challenge: base64url(vector.registration.challenge),
      rpId: 'example.org',
      userHandle: 'dXNlcg',
      expiresAt: now.getTime() + 1,
    },
    subjectId: 'ada',
    factorId: 'fact_new',
    request: { ...request, kind: 'enrolment' },
    matches: () => false,
    now,
  });
}
