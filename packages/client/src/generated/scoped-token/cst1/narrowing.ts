// What the client needs of packages/core/src/scoped-token/cst1/narrowing.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { invalidInput } from '../../../scoped-token/invalid-input.ts';
import { asciiJson } from '../../../scoped-token/ascii.ts';
import { decodeText, encodeText } from '../../../scoped-token/base64url.ts';
import { hasChecksum } from '../../../scoped-token/checksum.ts';
import type { Block } from './claims.ts';
import { tokenCharactersMax } from './format.ts';
import { readBlock } from './read-claims.ts';
import { fits, isTokenText, joinToken, splitToken, type Wire } from './wire.ts';

/**
 * A narrowing of which only the link is missing: HMAC-SHA-256 of `~` and `block` under `tag`. Apart from it,
 * since it is the one step that each platform has its own way of, and some only as a promise.
 */
interface PreparedNarrowing {
  /** The bytes of the last tag, each as a character. */
  readonly tag: string;
  /** The new block, encoded. */
  readonly block: string;
  readonly wire: Wire;
}

/** @throws CountersignError `invalid_input` for what is no token, no block, or too long together. */
export function prepareNarrowing(token: string, block: Block): PreparedNarrowing {
  const wire = isTokenText(token) ? splitToken(token) : null;
  const tag = wire && decodeText(wire.tag);
  if (wire === null || tag === null || !hasChecksum(token))
    throw invalidInput(['token'], 'must be a scoped token');
  const json = asciiJson(block);
  const reading = readBlock(json);
  if (!reading.ok) throw invalidInput(['block', ...reading.at], reading.problem);

  const encoded = encodeText(json);
  const narrowed = { ...wire, blocks: [...wire.blocks, encoded] };
  const length = token.length + '~'.length + encoded.length;
  if (!fits(narrowed) || length > tokenCharactersMax)
    throw invalidInput(['block'], 'must fit into the token', 'too_big');
  return { tag, block: encoded, wire: narrowed };
}

/** The narrowed token, with the tag that the link gave. */
export function finishNarrowing({ wire }: PreparedNarrowing, tag: string): string {
  return joinToken({ ...wire, tag: encodeText(tag) });
}
