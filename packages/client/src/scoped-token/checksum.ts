import { toBase62 } from '../generated/scoped-token/cst1/base62.ts';
import { checksumCharacters } from '../generated/scoped-token/cst1/format.ts';

/** What ends a token: CRC-32 of every character before it, in base 62. For scanners, not against anybody. */
export function checksumOf(text: string): string {
  return toBase62(crc32(text)).padStart(checksumCharacters, '0');
}

/** Whether a text ends in the checksum of all before it. */
export function hasChecksum(token: string): boolean {
  return token.slice(-checksumCharacters) === checksumOf(token.slice(0, -checksumCharacters));
}

/** Bit by bit, without core's tables: a token is narrowed once, and a page pays for every byte of code. */
function crc32(text: string): number {
  let crc = -1;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  }
  return ~crc >>> 0;
}
