/**
 * Why a proof is refused, in the order in which it is looked at. For the audit log alone: outside there is one
 * message for all of them (`dpopChallenge`).
 *
 * - `missing`: there is none
 * - `malformed`: not exactly one plainly written compact JWS of 4 KiB at most, or a header with more than it needs
 * - `wrong_type`: another kind of token, presented as a proof
 * - `wrong_algorithm`: none, a symmetric one, or one that is not on the list
 * - `wrong_key`: no public key of the algorithm, or more than a public key
 * - `wrong_client_key`: a good key, but not the one that the token is bound to
 * - `bad_signature`: not signed by the key it names
 * - `bad_claims`: a claim that is missing or of another form
 * - `wrong_method`, `wrong_url`, `wrong_token`: made for another request, or with another token
 * - `not_current`: made too long ago, or in the future
 * - `replayed`: seen before
 * - `too_many`: good, but there is no room to remember it, so nobody could say later whether it was seen
 */
export const dpopRefusals = [
  'missing',
  'malformed',
  'wrong_type',
  'wrong_algorithm',
  'wrong_key',
  'wrong_client_key',
  'bad_signature',
  'bad_claims',
  'wrong_method',
  'wrong_url',
  'not_current',
  'wrong_token',
  'replayed',
  'too_many',
] as const;

/** One of `dpopRefusals`. */
export type DpopRefusal = (typeof dpopRefusals)[number];
