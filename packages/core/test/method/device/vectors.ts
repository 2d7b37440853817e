import { readFileSync } from 'node:fs';

/** What is signed, byte by byte; made without our code. The client is held to the same. */
interface Vector<Values> {
  readonly what: string;
  readonly values: Values;
  /** Hex. */
  readonly bytes: string;
  /** Ed25519 signs the same bytes to the same signature. */
  readonly ed25519: string;
  /** One of many signatures on P-256, r‖s. */
  readonly es256: string;
}

interface Decision {
  readonly dataHash: string;
  readonly decision: 'grant' | 'deny';
  readonly device: string;
  readonly digits: string;
  readonly displayHash: string;
  readonly expiresAt: number;
  readonly nonce: string;
  readonly request: string;
}

interface PrivateKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
  readonly d: string;
}

interface Vectors {
  /** Published here, so of no use to anybody: the second is that of RFC 6979, A.2.5. */
  readonly keys: { readonly ed25519: PrivateKey; readonly es256: PrivateKey };
  readonly thumbprints: { readonly ed25519: string; readonly es256: string };
  readonly decisions: readonly Vector<Decision>[];
  readonly authentications: readonly Vector<{
    readonly device: string;
    readonly nonce: string;
    readonly subjectId: string;
  }>[];
}

export const vectors = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as Vectors;

export const algorithms = ['ed25519', 'es256'] as const;
