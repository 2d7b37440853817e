// What the client needs of packages/core/src/scoped-token/cst1/wire.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import { isAscii } from '../../../scoped-token/ascii.ts';
import { checksumOf } from '../../../scoped-token/checksum.ts';
import {
  authorityCharactersMax,
  blockCharactersMax,
  blocksMax,
  checksumCharacters,
  isKeyId,
  tagCharacters,
  tokenCharactersMax,
  tokenPrefix,
} from './format.ts';

/**
 * The parts of a token, as text:
 *
 * ```text
 * token = "cst1" "." kid "." authority *8( "~" block ) "." tag crc
 * ```
 */
export interface Wire {
  /** What the first link of the chain signs: everything up to the end of the authority. */
  readonly signed: string;
  readonly kid: string;
  readonly authority: string;
  readonly blocks: readonly string[];
  readonly tag: string;
}

const endCharacters = 1 + tagCharacters + checksumCharacters;
const [dot, prefixEnd] = ['.', tokenPrefix.length];

/** What every token is: ASCII of bounded length. The first thing that is asked of a text. */
export function isTokenText(token: unknown): token is string {
  return typeof token === 'string' && token.length <= tokenCharactersMax && isAscii(token);
}

/** Cuts a token into its parts; null for what has other parts. Of their contents only the key id is judged. */
export function splitToken(token: string): Wire | null {
  const kidEnd = token.indexOf(dot, prefixEnd);
  const bodyEnd = token.length - endCharacters;
  if (!token.startsWith(tokenPrefix) || bodyEnd <= kidEnd || token[bodyEnd] !== dot) return null;
  const kid = token.slice(prefixEnd, kidEnd);
  const firstBlock = token.indexOf('~', kidEnd);
  const authorityEnd = firstBlock === -1 ? bodyEnd : firstBlock;
  const wire: Wire = {
    signed: token.slice(0, authorityEnd),
    kid,
    authority: token.slice(kidEnd + 1, authorityEnd),
    blocks: firstBlock === -1 ? [] : token.slice(firstBlock + 1, bodyEnd).split('~'),
    tag: token.slice(bodyEnd + 1, -checksumCharacters),
  };
  return isKeyId(kid) && fits(wire) ? wire : null;
}

/** Whether the parts are within their limits. */
export function fits({ authority, blocks }: Pick<Wire, 'authority' | 'blocks'>): boolean {
  return (
    isWithin(authority, authorityCharactersMax) &&
    blocks.length <= blocksMax &&
    blocks.every((block) => isWithin(block, blockCharactersMax))
  );
}

function isWithin({ length }: string, charactersMax: number): boolean {
  return length > 0 && length <= charactersMax;
}

/** The whole token. */
export function joinToken({ signed, blocks, tag }: Pick<Wire, 'signed' | 'blocks' | 'tag'>): string {
  const text = `${blocks.length === 0 ? signed : [signed, ...blocks].join('~')}.${tag}`;
  return text + checksumOf(text);
}
