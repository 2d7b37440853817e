/** A column with the challenge of the row `r`, by its key: one look-up. There is one at most; a resend is a new confirmation. */
export const challengeOf = /* sql */ `(
  SELECT to_jsonb(c) FROM countersign.challenge c WHERE c.about_id = r.id AND c.id = r.challenge_id
) AS challenge`;
