import {
  generateRegistrationOptions,
  verifyRegistrationResponse,
  type VerifiedRegistrationResponse,
} from '@simplewebauthn/server';
import { isoBase64URL } from '@simplewebauthn/server/helpers';
import type { Completed, CompleteInput, EnrolInput, Enrolment } from '../../define.ts';
import { isUnattested } from './attestation.ts';
import { isOfOwnPage } from './client-data.ts';
import { algorithms, isUsableKey } from './public-key.ts';
import type { RelyingParty } from './relying-party.ts';
import type { RegistrationResponse } from './response-schema.ts';
import { isRegistered, type Passkey, type PendingPasskey, type StoredPasskey } from './stored.ts';

const challengeBytes = 32;
/** WebAuthn §14.6.1 recommends that many. */
const userHandleBytes = 64;
const registrationSeconds = 300;

/** Options for `navigator.credentials.create`, and what is kept to judge its answer by. */
export async function beginPasskey(
  party: RelyingParty,
  input: EnrolInput<Record<string, never>, StoredPasskey>,
): Promise<Enrolment<StoredPasskey>> {
  const others = input.factors.map(({ config }) => config).filter(isRegistered);
  const challenge = Uint8Array.from(input.randomness.bytes(challengeBytes));
  const userHandle = userHandleOf(input, others);
  const options = await generateRegistrationOptions({
    rpID: party.id,
    rpName: party.name ?? input.issuer,
    userID: isoBase64URL.toBuffer(userHandle),
    userName: input.subjectId,
    userDisplayName: input.subjectId,
    challenge,
    timeout: registrationSeconds * 1000,
    attestationType: 'none',
    excludeCredentials: others.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: [...transports],
    })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: [...algorithms],
  });
  const pending: PendingPasskey = {
    challenge: options.challenge,
    rpId: party.id,
    userHandle,
    expiresAt: input.now.getTime() + registrationSeconds * 1000,
  };
  // A service cannot know that a passkey works: only its signature says so.
  return { config: pending, setup: { options }, confirmedBy: 'required' };
}

/**
 * What the authenticator knows the subject by, the same for all its passkeys. Random: a subject's id may be an address,
 * and whoever holds a hash of it can try addresses until one fits (WebAuthn §14.6.1).
 */
function userHandleOf(
  { current, randomness }: EnrolInput<Record<string, never>, StoredPasskey>,
  others: readonly Passkey[],
): string {
  const known = others[0] ?? current;
  return known?.userHandle ?? Buffer.from(randomness.bytes(userHandleBytes)).toString('base64url');
}

/** Registers a passkey if the answer passes every step of WebAuthn §7.1. */
export async function completePasskey(
  party: RelyingParty,
  { answer, config: pending, now }: CompleteInput<{ response: RegistrationResponse }, StoredPasskey>,
): Promise<Completed<StoredPasskey>> {
  if (isRegistered(pending) || pending.rpId !== party.id) return { valid: false };
  if (now.getTime() >= pending.expiresAt) return { valid: false };
  const { registrationInfo: made } = await verifiedRegistration(party, pending, answer.response);
  // What the browser calls it is what the authenticator calls it; the library compares only `id` with `rawId`.
  if (!made || made.credential.id !== answer.response.id) return { valid: false };
  const passkey: Passkey = {
    credentialId: made.credential.id,
    publicKey: isoBase64URL.fromBuffer(made.credential.publicKey),
    counter: made.credential.counter,
    transports: answer.response.response.transports ?? [],
    rpId: party.id,
    userHandle: pending.userHandle,
    deviceType: made.credentialDeviceType,
    backedUp: made.credentialBackedUp,
  };
  return {
    valid: true,
    config: passkey,
    hint: hintOf(passkey),
    identity: { scope: 'installation', value: passkey.credentialId },
  };
}

async function verifiedRegistration(
  party: RelyingParty,
  { challenge }: PendingPasskey,
  response: RegistrationResponse,
): Promise<VerifiedRegistrationResponse> {
  try {
    if (!isOfOwnPage(response.response.clientDataJSON)) return { verified: false };
    if (!isUnattested(response.response.attestationObject)) return { verified: false };
    const registration = await verifyRegistrationResponse({
      response: { ...response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      expectedType: 'webauthn.create',
      requireUserPresence: true,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...algorithms],
    });
    const key = registration.registrationInfo?.credential.publicKey;
    return key && isUsableKey(key) ? registration : { verified: false };
  } catch {
    // The library throws for whatever is wrong with an answer; a wrong answer is a value here.
    return { verified: false };
  }
}

function hintOf({ deviceType, transports }: Passkey): string | null {
  if (deviceType === 'multiDevice') return 'synced passkey';
  if (transports.includes('internal')) return 'passkey of one device';
  return transports.some((transport) => ['usb', 'nfc', 'ble'].includes(transport)) ? 'security key' : null;
}
