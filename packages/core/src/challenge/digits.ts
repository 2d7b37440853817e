import type { CoreServices } from '../context.ts';
import { keyedDigest } from '../keys.ts';

/**
 * The digits that a person carries from the screen that asked to the device that answers. Derived from the challenge's
 * id under a key that is not in the database: nothing of them is stored, and yet a page that is loaded again can show
 * them. Null when the secret they were derived from has been removed.
 */
export function digitsOf(
  { keys }: Pick<CoreServices, 'keys'>,
  challenge: { readonly id: string; readonly keyId: string | null; readonly digits: number },
): string | null {
  const key = challenge.keyId === null ? undefined : keys.byId('digits', challenge.keyId);
  if (!key || challenge.digits === 0) return null;
  // 64 bits over at most ten digits: no digit is likelier than another by more than 1e-9.
  const number = keyedDigest(key.key, [challenge.id]).readBigUInt64BE(0) % 10n ** BigInt(challenge.digits);
  return number.toString().padStart(challenge.digits, '0');
}
