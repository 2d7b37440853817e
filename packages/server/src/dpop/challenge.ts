import { algorithms } from './header.ts';
import type { DpopRefusal } from './refusal.ts';

/** RFC 9449, §7.1 and §12.2; the exact reason stays inside. */
const errorOf: { readonly [Reason in DpopRefusal]: 'invalid_token' | 'invalid_dpop_proof' } = {
  missing: 'invalid_dpop_proof',
  malformed: 'invalid_dpop_proof',
  wrong_type: 'invalid_dpop_proof',
  wrong_algorithm: 'invalid_dpop_proof',
  wrong_key: 'invalid_dpop_proof',
  // The proof is good; it is the token that this client may not use.
  wrong_client_key: 'invalid_token',
  bad_signature: 'invalid_dpop_proof',
  bad_claims: 'invalid_dpop_proof',
  wrong_method: 'invalid_dpop_proof',
  wrong_url: 'invalid_dpop_proof',
  not_current: 'invalid_dpop_proof',
  wrong_token: 'invalid_dpop_proof',
  replayed: 'invalid_dpop_proof',
  too_many: 'invalid_dpop_proof',
};

/**
 * The `WWW-Authenticate` value of a 401 (RFC 9449, §7.1): what a client has to do. Without a refusal it only says
 * that a proof is wanted, and which algorithms are understood.
 *
 * @example
 * ```ts
 * dpopChallenge('replayed'); // 'DPoP error="invalid_dpop_proof", algs="ES256 EdDSA Ed25519"'
 * ```
 */
export function dpopChallenge(refusal?: DpopRefusal): string {
  const error = refusal === undefined ? '' : `error="${errorOf[refusal]}", `;
  return `DPoP ${error}algs="${algorithms.join(' ')}"`;
}
