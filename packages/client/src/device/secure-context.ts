/** @throws Error where a page has no WebCrypto. */
export function assertSecureContext(): void {
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  if (subtle === undefined) throw new Error('Keys need a secure context: https, or localhost.');
}
