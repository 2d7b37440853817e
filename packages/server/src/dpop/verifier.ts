import type { Clock } from '@countersign/core';
import { calculateJwkThumbprint, errors, importJWK, jwtVerify } from 'jose';
import { hash } from 'node:crypto';
import { readClaims, type ProofClaims } from './claims.ts';
import { readHeader, type ProofHeader } from './header.ts';
import { dpopLimits, type DpopLimits } from './limits.ts';
import { readProof } from './read-proof.ts';
import type { DpopRefusal } from './refusal.ts';
import { createSeenProofs } from './seen-proofs.ts';
import { targetOf } from './target.ts';

/** A proof, and the request that came with it. */
export interface PresentedProof {
  /** The value of the header `DPoP`, or of the connection parameter `dpop`; null or undefined: there is none. */
  readonly proof: string | null | undefined;
  /** The method of the request; `GET` for a WebSocket. */
  readonly method: string;
  /** The URL as the client used it (`createPublicUrl`), its query included or not; of a WebSocket with `http` or `https`. */
  readonly url: string;
  /** The token that the request carries. */
  readonly token: string;
  /** For whom the token is, its subject: proofs are counted by it, since one token can be bound to many keys. */
  readonly holder: string;
  /**
   * Thumbprints of the keys that the token is bound to. A proof by another key is refused before anything else
   * is computed or remembered. Absent: any key proves itself, and the caller compares.
   */
  readonly clientKeys?: readonly string[] | undefined;
}

/** `thumbprint` (RFC 7638) names the key that the client has proven to hold. */
export type DpopVerdict =
  | { readonly ok: true; readonly thumbprint: string }
  | { readonly ok: false; readonly reason: DpopRefusal };

export interface DpopVerifier {
  /** How many proofs are remembered. */
  readonly remembered: number;
  /** A refusal is a value. Neither the proof nor the token is kept or logged. */
  verify(presented: PresentedProof): Promise<DpopVerdict>;
}

export interface DpopVerifierOptions {
  readonly clock: Clock;
  readonly limits?: DpopLimits | undefined;
}

/**
 * Verifies that a client holds the key that its token is bound to (`cnf.jkt`), by a proof that it made for this
 * one request: DPoP, RFC 9449, §4.3, in its order. Every proof has to name the token (`ath`). No nonces are given
 * out (§8), so a proof may be made up to 60 s in advance, by whoever can use the key then.
 *
 * Over HTTP the proof is the header `DPoP`. Over a WebSocket, which has no headers in a browser, it is the
 * connection parameter `dpop`, one for each connection: made for `GET` and the URL of the socket, its `ws:`
 * written `http:`, its `wss:` written `https:`.
 *
 * A proof is accepted once, by this process, which remembers it for as long as it could be used. Another node,
 * and this one after a restart, would accept it once more: within 60 s after it was made, 65 s where the
 * client's clock is ahead, for the same method, URL and token. Whoever can read proofs on their way can use
 * that; TLS is what keeps them from it.
 *
 * @example
 * ```ts
 * const dpop = createDpopVerifier({ clock: systemClock });
 * const verdict = await dpop.verify({
 *   proof: request.headers.get('dpop'),
 *   method: request.method,
 *   url: 'https://bank.example/trpc/event.list',
 *   token,
 *   holder: 'ada',
 *   clientKeys: ['0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I'],
 * });
 * if (!verdict.ok) refuse(verdict.reason);
 * ```
 */
export function createDpopVerifier({ clock, limits = dpopLimits }: DpopVerifierOptions): DpopVerifier {
  const seen = createSeenProofs(limits);

  /** All that the proof itself says, against the request. Null: nothing is wrong. */
  function refusalOf(claims: ProofClaims, { method, url, token }: PresentedProof): DpopRefusal | null {
    if (claims.htm !== method) return 'wrong_method';
    const target = targetOf(claims.htu);
    if (target === null || target !== targetOf(url)) return 'wrong_url';
    const age = seconds(clock) - claims.iat;
    if (!(age <= limits.ageSecondsMax && age >= -limits.aheadSecondsMax)) return 'not_current';
    if (claims.ath !== hash('sha256', token, 'base64url')) return 'wrong_token';
    return null;
  }

  return {
    get remembered() {
      return seen.size;
    },
    async verify(presented) {
      const { proof, clientKeys } = presented;
      if (proof === null || proof === undefined || proof === '') return refuse('missing');
      if (typeof proof !== 'string' || proof.length > limits.proofCharactersMax) return refuse('malformed');
      const written = readProof(proof);
      if (written === null) return refuse('malformed');

      const header = readHeader(written.header);
      if (typeof header === 'string') return refuse(header);
      const thumbprint = await calculateJwkThumbprint(header.jwk);
      if (clientKeys?.every((key) => key === thumbprint) === false) return refuse('wrong_client_key');
      const signed = await verifySignature(proof, header, clock);
      if (typeof signed === 'string') return refuse(signed);

      const claims = readClaims(signed.claims);
      if (claims === null) return refuse('bad_claims');
      // From here to the end nothing is waited for: of many at once, one is the first.
      const refusal = refusalOf(claims, presented);
      if (refusal !== null) return refuse(refusal);
      const { jti, iat: issuedAt } = claims;
      const memory = seen.remember({ holder: presented.holder, thumbprint, jti, issuedAt }, seconds(clock));
      return memory === 'remembered' ? { ok: true, thumbprint } : refuse(memory);
    },
  };
}

/** The claims that the key in the header has signed, or why there are none. */
async function verifySignature(
  proof: string,
  { alg, jwk }: ProofHeader,
  clock: Clock,
): Promise<{ readonly claims: unknown } | DpopRefusal> {
  const key = await importJWK(jwk, alg).catch(() => null);
  if (key === null) return 'wrong_key'; // not a point of its curve
  try {
    const options = { algorithms: [alg], typ: 'dpop+jwt', currentDate: clock.now() };
    return { claims: (await jwtVerify(proof, key, options)).payload };
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
    return isOutsideItsTimes(error) ? 'not_current' : 'bad_claims';
  }
}

/** A proof may have an `exp` and an `nbf` of its own. */
function isOutsideItsTimes(error: unknown): boolean {
  const isAboutClaims =
    error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
  return isAboutClaims && error.reason === 'check_failed';
}

function seconds(clock: Clock): number {
  return clock.now().getTime() / 1000;
}

function refuse(reason: DpopRefusal): DpopVerdict {
  return { ok: false, reason };
}
