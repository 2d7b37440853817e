import { statement } from '../../database/statement.ts';
import { forgetBatchSizeMax } from '../../limits.ts';

export const forgetConfirmations = statement<{ readonly before: Date }, { count: number }>(
  'forget_confirmations',
  /* sql */ `
WITH due AS (
  SELECT r.id FROM countersign.confirmation r
  WHERE r.expires_at <= :before::timestamptz AND r.state IN ('used', 'expired')
  ORDER BY r.expires_at LIMIT ${forgetBatchSizeMax} FOR UPDATE SKIP LOCKED
), challenges AS (
  DELETE FROM countersign.challenge c WHERE c.about_id = ANY (ARRAY(SELECT id FROM due))
), forgotten AS (
  DELETE FROM countersign.confirmation r WHERE r.id = ANY (ARRAY(SELECT id FROM due)) RETURNING r.id
), noted AS (
  UPDATE countersign.installation i
  SET confirmations_forgotten_until = greatest(i.confirmations_forgotten_until, :before::timestamptz)
  WHERE EXISTS (SELECT FROM forgotten)
)
SELECT count(*)::int AS count FROM forgotten`,
);
