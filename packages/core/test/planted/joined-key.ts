import { hkdfSync } from 'node:crypto';

/** Bug 42: a key is derived from names joined by a separator, and the separator may stand inside of a name. */
export function joinedKey(root: Uint8Array, kid: string, audience: string): string {
  return Buffer.from(hkdfSync('sha256', root, 'cst1', `mac|${kid}|${audience}`, 32)).toString('hex');
}
