import { statement } from '../../database/statement.ts';
import { forgetBatchSizeMax } from '../../limits.ts';

/**
 * Steps of authenticator apps: half a minute each, and long over. The factor itself remembers its newest step and accepts
 * none before it, so nothing hangs on these any more (I11). Used recovery codes have no end, and stay.
 */
export const forgetSteps = statement<{ readonly before: Date }, { count: number }>(
  'forget_steps',
  /* sql */ `
WITH due AS (
  SELECT m.factor_id, m.mark FROM countersign.factor_mark m
  WHERE m.mark ~ '^[0-9]{1,12}$' AND m.marked_at <= :before::timestamptz
    AND (SELECT f.method FROM countersign.factor f WHERE f.id = m.factor_id) = 'totp'
  ORDER BY m.marked_at LIMIT ${forgetBatchSizeMax}
), forgotten AS (
  DELETE FROM countersign.factor_mark m USING due WHERE m.factor_id = due.factor_id AND m.mark = due.mark RETURNING m.mark
)
SELECT count(*)::int AS count FROM forgotten`,
);
