/** Without padding (RFC 7515, §2). */
export function base64urlOf(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes));
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function base64urlOfText(text: string): string {
  return base64urlOf(new TextEncoder().encode(text));
}
