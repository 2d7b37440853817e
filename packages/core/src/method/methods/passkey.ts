import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { CountersignError } from '../../error.ts';
import { defineMethod, type IssueInput, type Issued, type Method, type VerifyInput } from '../define.ts';
import { passkeyChallenge } from './passkey/challenge.ts';
import { relyingParty, type PasskeyOptions, type RelyingParty } from './passkey/relying-party.ts';
import {
  assertionResponse,
  registrationResponse,
  type AssertionResponse,
} from './passkey/response-schema.ts';
import { isRegistered, type StoredPasskey } from './passkey/stored.ts';

export type { PasskeyOptions };

const nonceBytes = 32;
const assertionSecondsMax = 300;
const issuedState = z.strictObject({ nonce: z.string().min(1) });

/**
 * The passkey (WebAuthn Level 3), always with user verification: a fingerprint, a face, a PIN. What it signs is computed
 * from the data and from the text that was read, so a right answer binds the proof to them by signature: binding
 * `cryptographic`. The browser does not show that text: it is our page that did.
 *
 * The library is loaded with the first passkey, not with this file: its modules take 140 ms to read, which no server
 * without passkeys has to wait for.
 *
 * @example
 * ```ts
 * passkey({ rpId: 'example.com', origins: ['https://example.com', 'https://app.example.com'] });
 * ```
 * @throws TypeError when `rpId` is no domain, or an origin is not exactly one of it.
 */
export function passkey(options: PasskeyOptions): Method {
  const party = relyingParty(options);
  return defineMethod({
    key: 'passkey',
    title: 'Passkey',
    binding: 'cryptographic',
    provesBy: 'factor',
    needsChallenge: true,
    proof: z.strictObject({ response: assertionResponse }),
    // Whatever describes a passkey comes from its authenticator, in `response`.
    factor: z.strictObject({}),
    identify: ({ response }) => ({ scope: 'installation', value: response.id }),
    issue: (input: IssueInput<StoredPasskey>) => askFor(party, input),
    async verify({
      proof,
      decision,
      request,
      challenge,
      factor,
    }: VerifyInput<{ response: AssertionResponse }, StoredPasskey>) {
      // It signs what is authorized, and no decision: nobody denies by it.
      if (decision !== 'grant' || challenge === null || factor === null) return { valid: false };
      if (!isRegistered(factor.config)) return { valid: false };
      const { nonce } = issuedState.parse(challenge.state);
      const { judgeAssertion } = await import('./passkey/assertion.ts');
      return await judgeAssertion({
        party,
        passkey: factor.config,
        challenge: passkeyChallenge(request, nonce).toString('base64url'),
        response: proof.response,
      });
    },
    enrolment: {
      answer: z.strictObject({ response: registrationResponse }),
      begin: async (input) => (await import('./passkey/enrol.ts')).beginPasskey(party, input),
      complete: async (input) => (await import('./passkey/enrol.ts')).completePasskey(party, input),
    },
  });
}

/** Options for `navigator.credentials.get`. */
function askFor(party: RelyingParty, input: IssueInput<StoredPasskey>): Issued {
  const { factor, factors, request, randomness, expiresInSeconds } = input;
  const asked = (factor ? [factor] : factors).map(({ config }) => config).filter(isRegistered);
  const usable = asked.filter(({ rpId }) => rpId === party.id);
  // An empty list would let the browser offer any passkey there is (bug 28).
  if (usable.length === 0) throw new CountersignError('method_unavailable');
  const nonce = Buffer.from(randomness.bytes(nonceBytes)).toString('base64url');
  const options: PublicKeyCredentialRequestOptionsJSON = {
    rpId: party.id,
    challenge: passkeyChallenge(request, nonce).toString('base64url'),
    allowCredentials: usable.map(({ credentialId, transports }) => ({
      id: credentialId,
      type: 'public-key',
      transports: [...transports],
    })),
    userVerification: 'required',
    timeout: Math.floor(Math.min(expiresInSeconds, assertionSecondsMax) * 1000),
  };
  return { options, state: { nonce } };
}
