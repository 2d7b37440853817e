import { tokenCharactersMax } from './format.ts';

/** Written and read within one call, which calls nothing else. */
const scratch = Buffer.alloc(tokenCharactersMax);

/** Base64url without padding (RFC 4648 §5), of a text in which a character is a byte. */
export function encodeText(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64url');
}

/**
 * The bytes as a text in which a character is a byte; null for any spelling but the one `encodeText` writes:
 * padding, other alphabets, white space, stray trailing bits.
 */
export function decodeText(encoded: string): string | null {
  if (encoded.length > scratch.length) return null;
  const length = scratch.write(encoded, 'base64url');
  if (scratch.toString('base64url', 0, length) !== encoded) return null;
  return scratch.toString('latin1', 0, length);
}
