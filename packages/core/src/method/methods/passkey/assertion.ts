import { verifyAuthenticationResponse, type VerifiedAuthenticationResponse } from '@simplewebauthn/server';
import { isoBase64URL } from '@simplewebauthn/server/helpers';
import type { Verdict } from '../../define.ts';
import { isOfOwnPage } from './client-data.ts';
import type { RelyingParty } from './relying-party.ts';
import type { AssertionResponse } from './response-schema.ts';
import type { Passkey } from './stored.ts';

interface Assertion {
  readonly party: RelyingParty;
  /** What was registered, of the factor that must have signed. */
  readonly passkey: Passkey;
  /** Base64url; computed here from what is stored. */
  readonly challenge: string;
  readonly response: AssertionResponse;
}

type AssertionInfo = VerifiedAuthenticationResponse['authenticationInfo'];

/** Whether this passkey has signed this challenge: every step of WebAuthn §7.2. */
export async function judgeAssertion(assertion: Assertion): Promise<Verdict<Passkey>> {
  const { party, passkey, response } = assertion;
  if (passkey.rpId !== party.id) return { valid: false };
  // The credential that was looked up is the one that answered, under both of its names (bug 26).
  if (response.id !== passkey.credentialId || response.rawId !== response.id) return { valid: false };
  const { userHandle } = response.response;
  if (userHandle != null && userHandle !== passkey.userHandle) return { valid: false };

  const info = await verifiedAssertion(assertion);
  // Whether it can be synced is settled when it is made: another answer is another authenticator's.
  if (info === null || info.credentialDeviceType !== passkey.deviceType) return { valid: false };

  const { newCounter: counter, credentialBackedUp: backedUp } = info;
  // Nothing new is nothing written: a synced passkey, which never counts, may answer two requests at once.
  if (counter === passkey.counter && backedUp === passkey.backedUp) return { valid: true };
  return { valid: true, config: { ...passkey, counter, backedUp } };
}

/** Type, challenge, origin, relying party, presence, verification, counter and signature; null if one is wrong. */
async function verifiedAssertion({
  party,
  passkey,
  challenge,
  response,
}: Assertion): Promise<AssertionInfo | null> {
  const { userHandle: _compared, ...signed } = response.response;
  try {
    if (!isOfOwnPage(signed.clientDataJSON)) return null;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...response, response: signed, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: [...party.origins],
      expectedRPID: party.id,
      expectedType: 'webauthn.get',
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: isoBase64URL.toBuffer(passkey.publicKey),
        counter: passkey.counter,
      },
    });
    return verified ? authenticationInfo : null;
  } catch {
    // The library throws for whatever is wrong with an answer; a wrong answer is a value here.
    return null;
  }
}
