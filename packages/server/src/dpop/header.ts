import { z } from 'zod';
import type { DpopRefusal } from './refusal.ts';

/**
 * What may sign a proof. A closed list: whatever else a library can verify, such as an HMAC keyed by a public
 * key, is refused before it is asked. `Ed25519` is the name that RFC 9864 gives to the only meaning `EdDSA` has
 * here.
 */
export const algorithms = ['ES256', 'EdDSA', 'Ed25519'] as const;

const keyTypeOf: { readonly [Name in (typeof algorithms)[number]]: 'EC' | 'OKP' } = {
  ES256: 'EC',
  EdDSA: 'OKP',
  Ed25519: 'OKP',
};

/** 32 bytes, in the one spelling they have: another one would give the same key another thumbprint. */
const coordinate = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/);

/** Exactly the members that RFC 7638, §3.2, makes a thumbprint of: no private part, and nothing to interpret. */
const publicKey = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
]);

const header = z.strictObject({
  typ: z.literal('dpop+jwt'),
  alg: z.enum(algorithms),
  jwk: publicKey,
});

export type ProofHeader = z.infer<typeof header>;

const refusals = [
  ['typ', 'wrong_type'],
  ['alg', 'wrong_algorithm'],
  ['jwk', 'wrong_key'],
] as const;

/** What a proof says of itself (RFC 9449, §4.2), or why that is no proof. */
export function readHeader(written: unknown): ProofHeader | DpopRefusal {
  const parsed = header.safeParse(written);
  if (!parsed.success) {
    const wrong = new Set(parsed.error.issues.map(({ path: [name] }) => name));
    return refusals.find(([name]) => wrong.has(name))?.[1] ?? 'malformed';
  }
  const { alg, jwk } = parsed.data;
  return keyTypeOf[alg] === jwk.kty ? parsed.data : 'wrong_key';
}
