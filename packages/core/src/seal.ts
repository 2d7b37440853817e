import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { KeyPurpose, Keys } from './keys.ts';
import type { Randomness } from './ports.ts';

/**
 * What a sealed text is bound to: whose it is and where it stands. A row that is copied elsewhere does not open.
 * Parts are joined by their lengths, so that no two lists are the same bytes.
 */
export interface Seal {
  readonly purpose: Extract<KeyPurpose, 'factor' | 'method' | 'webhook'>;
  readonly boundTo: readonly string[];
}

const idBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM (NIST SP 800-38D): the key's id, a random nonce, the tag, the text. For JSON. */
export function sealed(
  keys: Keys,
  randomness: Randomness,
  { purpose, boundTo }: Seal,
  value: unknown,
): Buffer {
  const { id, key } = keys.active(purpose);
  const nonce = randomness.bytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(additionalData(purpose, boundTo));
  const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from(id, 'latin1'), nonce, cipher.getAuthTag(), text]);
}

/** How everything begins that is sealed under the active secret. */
export function sealedNow(keys: Keys, purpose: Seal['purpose']): Buffer {
  return Buffer.from(keys.active(purpose).id, 'latin1');
}

/**
 * @throws Error when the secret that sealed it has been removed, or when it was changed or stands elsewhere. Never
 * with what is in it.
 */
export function unsealed(keys: Keys, { purpose, boundTo }: Seal, bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes);
  const named = keys.byId(purpose, buffer.toString('latin1', 0, idBytes));
  if (!named) throw new Error('the secret that sealed this is not configured');
  const textAt = idBytes + nonceBytes + tagBytes;
  const cipher = createDecipheriv('aes-256-gcm', named.key, buffer.subarray(idBytes, idBytes + nonceBytes), {
    authTagLength: tagBytes,
  });
  cipher.setAAD(additionalData(purpose, boundTo));
  cipher.setAuthTag(buffer.subarray(idBytes + nonceBytes, textAt));
  const text = Buffer.concat([cipher.update(buffer.subarray(textAt)), cipher.final()]);
  return JSON.parse(text.toString('utf8'));
}

function additionalData(purpose: string, boundTo: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify([`countersign/${purpose}/v1`, ...boundTo]));
}
