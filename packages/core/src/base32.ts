/**
 * Crockford's base 32 in lower case (no i, l, o, u): short, safe to read aloud, sorts like the bytes.
 * One spelling each: upper case, aliases and stray trailing bits are refused.
 */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const values = new Map(Array.from(alphabet, (character, index) => [character, index]));

export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((buffer >>> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet.charAt((buffer << (5 - bits)) & 31) : text;
}

/** Decodes exactly `length` bytes; null for any other text. */
export function fromBase32(text: string, length: number): Uint8Array | null {
  if (text.length !== Math.ceil((length * 8) / 5)) return null;
  const bytes = new Uint8Array(length);
  let buffer = 0;
  let bits = 0;
  let filled = 0;
  for (const character of text) {
    const value = values.get(character);
    if (value === undefined) return null;
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[filled] = (buffer >>> bits) & 255;
      filled += 1;
      buffer &= (1 << bits) - 1;
    }
  }
  return buffer === 0 && filled === length ? bytes : null;
}
