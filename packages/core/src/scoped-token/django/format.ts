import { createHmac, hash } from 'node:crypto';

export const defaultSalt = 'django.core.signing';

/** SHA-1 is what Django signed with before 3.1. */
export type DjangoHash = 'sha256' | 'sha1';

/** What of a token is signed: `payload ":" time`, and the signature after another ":". */
export const separator = ':';

/**
 * The signature of `django.core.signing.TimestampSigner`: base64url of HMAC-H, under the plain hash H of salt,
 * the word "signer" and secret, one after the other (`django.utils.crypto.salted_hmac`). Nothing separates
 * them, so a salt must never be what a user chose.
 */
export function djangoSignature(
  signed: string,
  { secret, salt, algorithm }: { secret: string; salt: string; algorithm: DjangoHash },
): string {
  const key = hash(algorithm, `${salt}signer${secret}`, 'buffer');
  return createHmac(algorithm, key).update(signed).digest('base64url');
}

/** @throws TypeError for an empty secret, which everybody has. */
export function assertSecret(secret: unknown): asserts secret is string {
  if (typeof secret !== 'string' || secret.length === 0)
    throw new TypeError('a secret must be a text, not empty');
}
