import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { toBase32 } from '../../base32.ts';
import { defineMethod, type Method, type VerifyInput } from '../define.ts';

export interface RecoveryCodeConfig {
  readonly salt: string;
  /** Of the codes that are left. */
  readonly hashes: readonly string[];
}

const codeCount = 10;
/** 80 bits, 16 characters: no number of attempts finds one (ASVS 5.0 6.5.2 asks for 112 bits, or a password hash). */
const codeBytes = 10;
const saltBytes = 16;
const hashBytes = 32;
/** RFC 7914 §2. One salt for the set, so that an answer costs one hash and not ten. */
const cost = { N: 2 ** 14, r: 8, p: 1 };

/** 16 characters of Crockford's base 32 in either case, o for 0 and i or l for 1, wherever spaces and dashes stand. */
const code = z
  .string()
  .max(64)
  .regex(/^(?:[ -]*[0-9A-TV-Za-tv-z]){16}[ -]*$/, 'must be 16 letters and digits, as in XXXX-XXXX-XXXX-XXXX');

/**
 * Ten codes on paper, for whoever has lost everything else; each works once (NIST SP 800-63B-4 §3.1.2, look-up secrets).
 * They are made here and shown once; what is stored cannot be read back. To begin again replaces the whole set.
 */
export function recoveryCodes(): Method {
  return defineMethod({
    key: 'recovery-code',
    title: 'Recovery code',
    binding: 'none',
    mustBeListed: true,
    recovers: true,
    single: true,
    provesBy: 'factor',
    needsChallenge: false,
    proof: z.strictObject({ code }),
    // The codes are ours: a client that brought its own could bring them to everybody.
    factor: z.strictObject({}),
    issue: () => ({}),
    async verify({ proof, factor }: VerifyInput<{ code: string }, RecoveryCodeConfig>) {
      if (factor === null) return { valid: false };
      const { salt, hashes } = factor.config;
      const used = findHash(hashes, await hashOf(proof.code, salt));
      if (used === undefined) return { valid: false };
      // The salt is of this set alone, and so is the hash: a new set never meets the mark of an old one.
      return { valid: true, config: { salt, hashes: hashes.filter((hash) => hash !== used) }, mark: used };
    },
    isSignificantChange: () => false,
    enrolment: {
      answer: z.strictObject({}),
      async begin({ randomness }) {
        const codes = Array.from({ length: codeCount }, () => spelled(randomness.bytes(codeBytes)));
        const salt = Buffer.from(randomness.bytes(saltBytes)).toString('base64url');
        const hashes = await Promise.all(codes.map(async (each) => await hashOf(each, salt)));
        return { config: { salt, hashes }, setup: { codes }, confirmedBy: 'none' };
      },
      // Nothing is to be confirmed: whoever has read them has them.
      complete: () => ({ valid: false }),
    },
  });
}

const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt);

/** Takes 30 ms, in the thread pool. */
async function hashOf(given: string, salt: string): Promise<string> {
  return (await derive(unspelled(given), Buffer.from(salt, 'base64url'), hashBytes, cost)).toString(
    'base64url',
  );
}

/** All are compared, whatever the first one says. */
function findHash(hashes: readonly string[], given: string): string | undefined {
  const expected = Buffer.from(given);
  return hashes.filter((hash) => timingSafeEqual(Buffer.from(hash), expected))[0];
}

function spelled(bytes: Uint8Array): string {
  return toBase32(bytes)
    .toUpperCase()
    .replace(/.{4}(?!$)/g, '$&-');
}

/** What a person means: the letters that are not in the alphabet can only be the digits they look like. */
function unspelled(text: string): string {
  return text.replaceAll(/[ -]/g, '').toLowerCase().replaceAll('o', '0').replaceAll(/[il]/g, '1');
}
