import type { Challenge } from '../generated/schema.ts';

/** What a device that is asked has to sign; null where none is. */
export function nonceOf(challenge: Challenge | null): string | null {
  if (challenge?.method !== 'device') return null;
  const { nonce } = (challenge.options ?? {}) as { readonly nonce?: unknown };
  return typeof nonce === 'string' ? nonce : null;
}
