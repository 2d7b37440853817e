import { generateKeyPairSync, sign } from 'node:crypto';
import type { AuthorizationRequestView } from '../src/authorization-request/schema.ts';
import { authenticationBytes, decisionBytes } from '../src/method/methods/device/bytes.ts';

/** What a phone is shown, as far as it signs it. */
export type PhonePrompt = Pick<AuthorizationRequestView, 'id' | 'dataHash' | 'displayHash' | 'challenge'>;

/** The proof of a device that has a key. */
export interface PhoneProof {
  readonly method: 'device';
  readonly uuid: string;
  readonly signature: string;
  readonly decision: 'grant' | 'deny';
  readonly digits: string;
}

/** A phone without a person: it signs whatever it is told to. */
export interface VirtualPhone {
  readonly uuid: string;
  /** For `device.register`. */
  readonly publicKey: { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string };
  /**
   * Answers the challenge of a request; `digits` are what the person read on the screen that asked.
   * @throws Error when the request asks no device.
   */
  decide(prompt: PhonePrompt, decision: 'grant' | 'deny', digits?: string): PhoneProof;
  /** The signature by which it says who it is: for `device.authenticate`. */
  authenticate(said: { readonly subjectId: string; readonly nonce: string }): string;
}

/**
 * A phone in software with a real key of its own, for tests of what a registered device proves.
 *
 * @example
 * ```ts
 * const phone = createVirtualPhone('phone-1');
 * await service.device.register({ subjectId: 'ada', uuid: phone.uuid, publicKey: phone.publicKey });
 * const proof = phone.decide(request, 'grant', digits);
 * ```
 */
export function createVirtualPhone(uuid: string): VirtualPhone {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  // r and s side by side, not in DER (the contract, "Device bytes").
  const signatureOf = (bytes: Uint8Array): string =>
    sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return {
    uuid,
    publicKey: { kty: 'EC', crv: 'P-256', x, y },
    decide({ id, dataHash, displayHash, challenge }, decision, digits = '') {
      const { nonce } = (challenge?.options ?? {}) as { readonly nonce?: string };
      if (!challenge || challenge.method !== 'device' || nonce === undefined)
        throw new Error(`the request ${id} asks no device`);
      const { expiresAt } = challenge;
      const said = { decision, device: uuid, digits, request: id, dataHash, displayHash, nonce, expiresAt };
      return { method: 'device', uuid, signature: signatureOf(decisionBytes(said)), decision, digits };
    },
    authenticate: ({ subjectId, nonce }) =>
      signatureOf(authenticationBytes({ device: uuid, nonce, subjectId })),
  };
}
