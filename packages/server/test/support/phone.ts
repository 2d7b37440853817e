import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { AuthorizationRequestView, ChallengeView } from '@countersign/core';

/** A phone with a key of its own, which signs as the contract says ("Device bytes"), by its own reading of it. */
export interface Phone {
  readonly uuid: string;
  readonly publicKey: { kty: 'EC'; crv: 'P-256'; x: string; y: string };
  /** Answers a challenge with what was typed into it. */
  proof(
    decision: 'grant' | 'deny',
    request: AuthorizationRequestView,
    digits: string,
  ): { method: 'device'; uuid: string; signature: string; decision: 'grant' | 'deny'; digits: string };
  /** What it signs to say who it is. */
  signature(subjectId: string, nonce: string): string;
}

export function createPhone(uuid: string): Phone {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return {
    uuid,
    publicKey: { kty: 'EC', crv: 'P-256', x, y },
    proof(decision, request, digits) {
      const { options, expiresAt } = challengeOf(request);
      const signature = signed(privateKey, 'countersign/device/v1', {
        dataHash: request.dataHash,
        decision,
        device: uuid,
        digits,
        displayHash: request.displayHash,
        expiresAt: Math.floor(expiresAt.getTime() / 1000),
        nonce: (options as { nonce: string }).nonce,
        request: request.id,
      });
      return { method: 'device', uuid, signature, decision, digits };
    },
    signature: (subjectId, nonce) =>
      signed(privateKey, 'countersign/device-auth/v1', { device: uuid, nonce, subjectId }),
  };
}

function challengeOf({ challenge }: AuthorizationRequestView): ChallengeView {
  if (challenge === null) throw new Error('nothing was asked');
  return challenge;
}

/** Names in the order of RFC 8785, which for these is the order of their letters; JSON writes the values alike. */
function signed(key: KeyObject, domain: string, values: Readonly<Record<string, string | number>>): string {
  const inOrder = Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
  const bytes = Buffer.from(`${domain}\0${JSON.stringify(inOrder)}`);
  return sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
}
