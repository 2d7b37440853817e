import { fromBase62, toBase62 } from './base62.ts';
import { crc32 } from './crc32.ts';
import { checksumCharacters, tokenCharactersMax } from './format.ts';

/** Written and read within one call, which calls nothing else. */
const bytes = Buffer.alloc(tokenCharactersMax);
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * What ends a token: CRC-32 of every character before it, in base 62. No secret and no protection: it lets a
 * scanner for leaked secrets tell a token from a text that looks like one.
 */
export function checksumOf(text: string): string {
  return toBase62(crcOf(text, text.length)).padStart(checksumCharacters, '0');
}

/** Whether a text ends in the checksum of all before it. Six places say each number in one way. */
export function hasChecksum(token: string): boolean {
  return fromBase62(token.slice(-checksumCharacters)) === crcOf(token, token.length - checksumCharacters);
}

function crcOf(text: string, length: number): number {
  bytes.write(text, 'latin1');
  return crc32(view, length);
}
