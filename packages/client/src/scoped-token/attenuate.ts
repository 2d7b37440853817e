import type { Block } from '../generated/scoped-token/cst1/claims.ts';
import { finishNarrowing, prepareNarrowing } from '../generated/scoped-token/cst1/narrowing.ts';
import { link } from './link.ts';

/**
 * Narrows a scoped token, without any key and without asking the server: whoever holds one can hand on a lesser
 * one, and nobody can take a block away again. What the new token may do is what the old one may, and the block
 * allows; a block that says more than the token has widens nothing. Whether the token itself is good nobody
 * knows here.
 *
 * It weighs nothing in a bundle that does not call it.
 *
 * @example
 * ```ts
 * const forBookkeeper = await attenuate(token, {
 *   cid: 'bookkeeper',
 *   exp: Math.floor(Date.now() / 1000) + 600,
 *   scp: { rpc: { q: ['authorizationRequest.list'] } },
 * });
 * ```
 * @throws CountersignError `invalid_input` for a text that is no token, for a block the format forbids, and when
 * the token has no room for it (8 blocks, 1,024 characters each, 4,096 in all). No error contains the token.
 * @throws TypeError where there is no WebCrypto: in a page that was loaded over plain HTTP from elsewhere.
 */
export async function attenuate(token: string, block: Block): Promise<string> {
  const prepared = prepareNarrowing(token, block);
  return finishNarrowing(prepared, await link(prepared.tag, prepared.block));
}
