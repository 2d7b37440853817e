/** Base64url without padding (RFC 4648 §5), of a text in which a character is a byte. */
export function encodeText(text: string): string {
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes as such a text; null for any spelling but the one `encodeText` writes. */
export function decodeText(encoded: string): string | null {
  try {
    const text = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    return encodeText(text) === encoded ? text : null;
  } catch {
    return null;
  }
}
