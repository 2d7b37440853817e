/** Where a key stands: `next` is known everywhere but mints nothing yet, `active` mints, `retiring` verifies only. */
export type TokenKeyState = 'next' | 'active' | 'retiring' | 'revoked';

/** A key with its root, as a key service gives it. */
export interface SuppliedTokenKey {
  /** 1 to 16 of `a-z 0-9`. One kid never gets another root. */
  readonly kid: string;
  readonly state: Exclude<TokenKeyState, 'revoked'>;
  /** 32 random bytes. */
  readonly root: Uint8Array;
}

/**
 * A key service that supplies the roots instead of our table. Each node asks four times a second, so it answers
 * from memory; after four seconds without an answer what was known before goes on, for ten at most. It shows a new
 * key as `next` for fifteen seconds at least before it is `active`, and one that was active as `retiring` for
 * 24 hours; what it leaves out is refused.
 *
 * @example
 * ```ts
 * const keyService: TokenKeyService = { keys: async () => await vault.read('countersign/token-keys') };
 * ```
 */
export interface TokenKeyService {
  keys(): Promise<readonly SuppliedTokenKey[]>;
}
