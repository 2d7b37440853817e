// What the client needs of packages/core/src/scoped-token/cst1/claims.ts, copied by `npm run generate`.
// A change belongs there; a check fails when this is not up to date.

import type { Scope } from '../scope/scope.ts';

/** The key a token is bound to: the thumbprint (RFC 7638) of the client's public key. */
interface ClientKeyBinding {
  readonly jkt: string;
}

/** The granted authorization request that pays for a call, and the data hash it was granted for. */
interface PayingRequest {
  readonly id: string;
  readonly hash: string;
}

/**
 * What the authority of a token says. Times are integer seconds. A token is signed, not encrypted: nothing
 * secret goes in.
 *
 * @example
 * ```ts
 * const claims: Claims = {
 *   jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
 *   sub: 'ada',
 *   aud: 'bank.example',
 *   iat: 1760000000,
 *   exp: 1760003600,
 *   scp: { rpc: { q: ['invoice.*'] } },
 * };
 * ```
 */
interface Claims {
  /** The token's id: 16 random bytes, base64url. */
  readonly jti: string;
  /** The subject, whose rights the token narrows; 1 to 200 characters. */
  readonly sub: string;
  /** The one service it is for; part of the key as well. */
  readonly aud: string;
  readonly iat: number;
  /** After `iat`, by 24 hours at most. No clock skew is allowed for. */
  readonly exp: number;
  /** What it opens; `{}` opens nothing. */
  readonly scp: Scope;
  /** Not valid before; `iat` when absent. */
  readonly nbf?: number;
  /** For whom it was made, printable ASCII: for tracking, never to decide by, never echoed unencoded. */
  readonly rcp?: string;
  /** Who minted it on the subject's behalf. */
  readonly act?: { readonly sub: string };
  readonly sid?: string;
  /** The subject's security epoch at minting. */
  readonly epo?: number;
  readonly cnf?: ClientKeyBinding;
  readonly arq?: PayingRequest;
  /** Carriers allowed, of `h` header, `w` WebSocket, `q` query; `hw` when absent. */
  readonly car?: string;
  /** What the application adds. The only place for other keys. */
  readonly ext?: Readonly<Record<string, unknown>>;
}

/**
 * What a holder narrows a token by. A block without `scp` leaves the scope alone; one with `scp` closes every
 * surface and type that it does not list.
 */
export interface Block extends Pick<Claims, 'nbf' | 'rcp' | 'cnf' | 'arq' | 'car'> {
  readonly exp?: number;
  readonly scp?: Scope;
  /** Names this delegate, so that it can be revoked alone. */
  readonly cid?: string;
}
