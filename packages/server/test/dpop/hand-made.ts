import { createTestClock, type TestClock } from '@countersign/core/testing';
import { generateKeyPairSync, hash, sign, type KeyObject } from 'node:crypto';
import { createDpopVerifier, type DpopVerifier, type PresentedProof } from '../../src/dpop/verifier.ts';
import { dpopLimits, type DpopLimits } from '../../src/dpop/limits.ts';

/** What signs a proof, and what it says of itself. */
export interface HandKey {
  readonly alg: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly privateKey: KeyObject;
}

export function createHandKey(curve: 'P-256' | 'P-384' | 'secp256k1' | 'Ed25519' = 'P-256'): HandKey {
  const { privateKey, publicKey } =
    curve === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: curve });
  return {
    alg: curve === 'Ed25519' ? 'EdDSA' : 'ES256',
    jwk: { ...publicKey.export({ format: 'jwk' }) },
    privateKey,
  };
}

export const key = createHandKey();
export const at = 1_790_000_000;
export const request = {
  method: 'POST',
  url: 'https://bank.example/trpc/authorizationRequest.grant',
  token: 'cst1.k1.eyJqdGkiOiJBUUlEQkFVR0J3Z0pDZ3NNRFE0UEVBIn0.tag',
  holder: 'ada',
} as const;

let lastNumber = 0;

/** The claims of a right proof for `request`, each time with another `jti`. */
export function rightClaims(): Record<string, unknown> {
  return {
    jti: `proof-${(lastNumber += 1)}`,
    htm: request.method,
    htu: request.url,
    iat: at,
    ath: hash('sha256', request.token, 'base64url'),
  };
}

export interface HandMade {
  readonly key?: HandKey;
  /** In place of, or besides, what a right proof has. `undefined` leaves a member out. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** In place of the whole part, before it is encoded. */
  readonly headerText?: string | Uint8Array;
  readonly claimsText?: string | Uint8Array;
  readonly signature?: (input: string) => Uint8Array;
}

/** A proof that is signed rightly, whatever it says. */
export function handMade(made: HandMade = {}): string {
  const { alg, jwk, privateKey } = made.key ?? key;
  const header = { typ: 'dpop+jwt', alg, jwk, ...made.header };
  const claims = { ...rightClaims(), ...made.claims };
  const parts = [made.headerText ?? JSON.stringify(header), made.claimsText ?? JSON.stringify(claims)];
  const input = parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
  const digest = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  const signature =
    made.signature?.(input) ??
    sign(digest, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

export interface Judge {
  readonly clock: TestClock;
  readonly verifier: DpopVerifier;
  /** `ok`, or the reason of the refusal; of `request`, but for what is said otherwise. */
  judge(proof: string | null, other?: Partial<PresentedProof>): Promise<string>;
}

export function createJudge(limits: Partial<DpopLimits> = {}): Judge {
  const clock = createTestClock(new Date(at * 1000));
  const verifier = createDpopVerifier({ clock, limits: { ...dpopLimits, ...limits } });
  return {
    clock,
    verifier,
    async judge(proof, other = {}) {
      const verdict = await verifier.verify({ ...request, proof, ...other });
      return verdict.ok ? 'ok' : verdict.reason;
    },
  };
}
