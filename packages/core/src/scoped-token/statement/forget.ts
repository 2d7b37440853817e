import { statement } from '../../database/statement.ts';
import { forgetBatchSizeMax } from '../../limits.ts';

/** A token lives a day at most: what was issued a day earlier has ended by then. */
export const forgetTokens = statement<{ readonly before: Date }, { count: number }>(
  'forget_tokens',
  /* sql */ `
WITH due AS (
  SELECT t.id FROM countersign.scoped_token t
  WHERE t.issued_at <= :before::timestamptz - interval '1 day' AND t.expires_at <= :before::timestamptz
  ORDER BY t.issued_at, t.id LIMIT ${forgetBatchSizeMax} FOR UPDATE SKIP LOCKED
), forgotten AS (
  DELETE FROM countersign.scoped_token t WHERE t.id = ANY (ARRAY(SELECT id FROM due)) RETURNING t.id
)
SELECT count(*)::int AS count FROM forgotten`,
);

/** Of what ended so long ago that no clock which is set back makes a token of it valid again. */
export const forgetRevocations = statement<{ readonly before: Date }, { count: number }>(
  'forget_revocations',
  /* sql */ `
WITH due AS (
  SELECT r.id FROM countersign.token_revocation r WHERE r.not_after <= :before::timestamptz
  ORDER BY r.not_after, r.id LIMIT ${forgetBatchSizeMax}
), forgotten AS (
  DELETE FROM countersign.token_revocation r WHERE r.id = ANY (ARRAY(SELECT id FROM due)) RETURNING r.id
)
SELECT count(*)::int AS count FROM forgotten`,
);
