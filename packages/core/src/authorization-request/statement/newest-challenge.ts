/** A column with the newest challenge of the row `r`, by its key: one look-up. */
export const newestChallenge = /* sql */ `(
  SELECT to_jsonb(c) FROM countersign.challenge c WHERE c.about_id = r.id AND c.id = r.challenge_id
) AS challenge`;
