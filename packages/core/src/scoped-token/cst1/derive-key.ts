import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { isKeyId } from './format.ts';

const rootBytes = 32;

export interface TokenKeyOptions {
  /** 32 random bytes, the secret of the key id. */
  readonly root: Uint8Array;
  /** 1 to 16 of `a-z 0-9`: the public name of the root, written into every token. */
  readonly kid: string;
  /** The name of the one service the key is for, 1 to 200 characters. */
  readonly audience: string;
}

/**
 * The key under which tokens of one service are minted and verified:
 * `HKDF-SHA256(root, salt "cst1", info "mac|" kid "|" audience)`, 32 bytes. Who holds only this key can forge
 * for that service alone. To be derived once and kept: a `KeyObject` is six times faster than its bytes.
 *
 * No two pairs of kid and audience have one info: a kid holds no `|` (bug 42 of the list in
 * docs/threat-model.md).
 *
 * @example
 * ```ts
 * const key = deriveTokenKey({ root: randomBytes(32), kid: '2026a', audience: 'bank.example' });
 * const keys = new Map([['2026a', key]]);
 * ```
 * @throws TypeError for a root of another length, and for a kid or an audience that is none.
 */
export function deriveTokenKey({ root, kid, audience }: TokenKeyOptions): KeyObject {
  if (!(root instanceof Uint8Array) || root.length !== rootBytes)
    throw new TypeError(`root must be ${rootBytes} random bytes`);
  if (!isKeyId(kid)) throw new TypeError('kid must be 1 to 16 of a-z and 0-9');
  if (!isAudience(audience)) throw new TypeError('audience must be a name of 1 to 200 characters');
  return createSecretKey(Buffer.from(hkdfSync('sha256', root, 'cst1', `mac|${kid}|${audience}`, 32)));
}

function isAudience(text: unknown): boolean {
  return typeof text === 'string' && text.length > 0 && text.length <= 200 && text.isWellFormed();
}
