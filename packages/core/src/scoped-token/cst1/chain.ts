import { createHmac, type KeyObject } from 'node:crypto';
import { encodeText } from './base64url.ts';
import { link } from './link.ts';
import type { Wire } from './wire.ts';

/**
 * The tag of a token: the last HMAC of a chain that starts at the service's key and whose every link is
 * keyed by the one before. Over the text as it is written: nothing is decoded before it is verified, and
 * there is no canonical form to disagree about.
 *
 * ```text
 * T0 = HMAC-SHA256(K, "cst1." kid "." authority)     Ti = HMAC-SHA256(T(i-1), "~" block_i)
 * ```
 */
export function tagOf(key: KeyObject, { signed, blocks }: Pick<Wire, 'signed' | 'blocks'>): string {
  const first = createHmac('sha256', key).update(signed, 'latin1');
  if (blocks.length === 0) return first.digest('base64url');
  return encodeText(blocks.reduce(link, first.digest('binary')));
}
