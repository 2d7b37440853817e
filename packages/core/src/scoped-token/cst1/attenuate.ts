import type { Block } from './claims.ts';
import { link } from './link.ts';
import { finishNarrowing, prepareNarrowing } from './narrowing.ts';

/**
 * Narrows a token, without any key: whoever holds it can hand on a lesser one, and nobody can take a block
 * away again. What the new token may do is what the old one may, and the block allows; a block that says more
 * than the token has widens nothing.
 *
 * @example
 * ```ts
 * const forDelegate = attenuateScopedToken(token, {
 *   cid: 'bookkeeper',
 *   exp: claims.iat + 600,
 *   scp: { rpc: { q: ['invoice.list'] } },
 * });
 * forDelegate.startsWith(token.slice(0, 200)); // true
 * ```
 * @throws CountersignError `invalid_input` for a text that is no token, for a block the format forbids, and
 * when the token has no room for it (8 blocks, 1,024 characters each, 4,096 in all).
 */
export function attenuateScopedToken(token: string, block: Block): string {
  const prepared = prepareNarrowing(token, block);
  return finishNarrowing(prepared, link(prepared.tag, prepared.block));
}
