/**
 * Why a token is refused, in the order in which it is looked at. For the audit log alone: outside there is
 * one message for all of them.
 *
 * - `malformed`: no text of this format
 * - `unknown_key`: no key of this id, or one no longer in use
 * - `bad_checksum`: damaged, or invented
 * - `bad_signature`: forged, or for another service
 * - `bad_claims`: signed, but not what the format allows
 * - `wrong_audience`, `lifetime_too_long`, `expired`, `not_yet_valid`: signed, but not for here and now
 */
export const tokenRefusals = [
  'malformed',
  'unknown_key',
  'bad_checksum',
  'bad_signature',
  'bad_claims',
  'wrong_audience',
  'lifetime_too_long',
  'expired',
  'not_yet_valid',
] as const;

/** One of `tokenRefusals`. */
export type TokenRefusal = (typeof tokenRefusals)[number];
