import { createHmac, type KeyObject } from 'node:crypto';

/** Bug 42: what is signed is joined by a separator, and the separator may stand inside of a part. */
export function joinedDigest(key: KeyObject, parts: readonly string[]): Buffer {
  return createHmac('sha256', key).update(parts.join('|')).digest();
}
