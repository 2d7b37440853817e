import type { Randomness } from '../ports.ts';
import { checksumOf, hasChecksum } from '../scoped-token/cst1/checksum.ts';

const keyBytes = 32;

/**
 * `csk_`, 32 random bytes in base64url, and the checksum of both, as it ends scoped tokens: a scanner for leaked
 * secrets tells a key from what looks like one, and so do we before we do anything else with it.
 */
export function makeServiceKeyText(randomness: Randomness): string {
  const text = `csk_${Buffer.from(randomness.bytes(keyBytes)).toString('base64url')}`;
  return text + checksumOf(text);
}

/** Whether a text could be a key of ours. It is no secret what they look like. */
export function isServiceKeyText(text: string): boolean {
  return /^csk_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/.test(text) && hasChecksum(text);
}
