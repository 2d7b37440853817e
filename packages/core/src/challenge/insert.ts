/** Parameters of a new challenge; `challengeId` null when none is issued. */
export interface ChallengeParameters {
  readonly challengeId: string | null;
  readonly challengeMethod: string | null;
  readonly challengeFactorId: string | null;
  readonly challengeDigest: Uint8Array | null;
  readonly challengeKeyId: string | null;
  readonly challengeSentTo: string | null;
  readonly challengeOptions: string | null;
  readonly challengeExpiresAt: Date | null;
}

export const noChallenge: ChallengeParameters = {
  challengeId: null,
  challengeMethod: null,
  challengeFactorId: null,
  challengeDigest: null,
  challengeKeyId: null,
  challengeSentTo: null,
  challengeOptions: null,
  challengeExpiresAt: null,
};

/** Stores the challenge of the row in `from`, of its present generation. Never beyond the request's end. */
export function insertChallenge(from: string, returning = ''): string {
  return /* sql */ `
  INSERT INTO countersign.challenge (id, request_id, generation, method, factor_id, digest, key_id, sent_to, options, created_at, expires_at)
  SELECT :challengeId::uuid, r.id, r.generation, :challengeMethod::text, :challengeFactorId::uuid, :challengeDigest::bytea,
    :challengeKeyId::text, :challengeSentTo::text, :challengeOptions::jsonb, :now::timestamptz,
    least(:challengeExpiresAt::timestamptz, r.expires_at)
  FROM ${from} AS r WHERE :challengeId::uuid IS NOT NULL ${returning}`;
}
