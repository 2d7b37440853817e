/** Parameters of a new challenge; `challengeId` null when none is issued. */
export interface ChallengeParameters {
  readonly challengeId: string | null;
  readonly challengeMethod: string | null;
  readonly challengeFactorId: string | null;
  readonly challengeFactorRenewals: number | null;
  readonly challengeDigest: Uint8Array | null;
  readonly challengeKeyId: string | null;
  readonly challengeSentTo: string | null;
  readonly challengeOptions: string | null;
  readonly challengeState: string | null;
  readonly challengeDigits: number;
  readonly challengeAskedBy: string | null;
  readonly challengeTries: number | null;
  readonly challengeExpiresAt: Date | null;
}

export const noChallenge: ChallengeParameters = {
  challengeId: null,
  challengeMethod: null,
  challengeFactorId: null,
  challengeFactorRenewals: null,
  challengeDigest: null,
  challengeKeyId: null,
  challengeSentTo: null,
  challengeOptions: null,
  challengeState: null,
  challengeDigits: 0,
  challengeAskedBy: null,
  challengeTries: null,
  challengeExpiresAt: null,
};

/**
 * Stores the challenge of the row in `from` (a request or a confirmation), of its present generation. Never beyond the
 * end of what it is about.
 */
export function insertChallenge(from: string, returning = ''): string {
  return /* sql */ `
  INSERT INTO countersign.challenge (id, about_id, generation, method, factor_id, factor_renewals, digest, key_id, sent_to, options, state, digits, asked_by,
    tries_left, created_at, expires_at)
  SELECT :challengeId::uuid, r.id, r.generation, :challengeMethod::text, :challengeFactorId::uuid, :challengeFactorRenewals::int, :challengeDigest::bytea,
    :challengeKeyId::text, :challengeSentTo::text, :challengeOptions::jsonb, :challengeState::jsonb, :challengeDigits::smallint,
    :challengeAskedBy::text, :challengeTries::smallint, :now::timestamptz, least(:challengeExpiresAt::timestamptz, r.expires_at)
  FROM ${from} AS r WHERE :challengeId::uuid IS NOT NULL ${returning}`;
}
