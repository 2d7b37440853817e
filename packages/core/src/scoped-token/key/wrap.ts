import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Keys } from '../../keys.ts';
import type { Randomness } from '../../ports.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;
export const rootBytes = 32;

/** A root as it lies in the table, and by which of the deployment's secrets. */
export interface WrappedRoot {
  readonly wrapped: Buffer;
  readonly secretKeyId: string;
}

/**
 * Encrypts a root for the table: AES-256-GCM under a key from the newest secret, a random nonce, the kid as
 * additional data, so that no root can be put into another key's row (NIST SP 800-38D).
 */
export function wrapRoot(keys: Keys, randomness: Randomness, kid: string, root: Uint8Array): WrappedRoot {
  const { id, key } = keys.active('token_root');
  const nonce = randomness.bytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(kid));
  const text = Buffer.concat([cipher.update(root), cipher.final()]);
  return { wrapped: Buffer.concat([nonce, text, cipher.getAuthTag()]), secretKeyId: id };
}

/** The root; null when its secret has been removed, or when it is not what this deployment has wrapped. */
export function unwrapRoot(keys: Keys, kid: string, { wrapped, secretKeyId }: WrappedRoot): Buffer | null {
  const named = keys.byId('token_root', secretKeyId);
  if (named === undefined || wrapped.length !== nonceBytes + rootBytes + tagBytes) return null;
  const decipher = createDecipheriv(algorithm, named.key, wrapped.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(kid));
  decipher.setAuthTag(wrapped.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(nonceBytes, -tagBytes)), decipher.final()]);
  } catch {
    return null; // moved from another row, or changed
  }
}
