import { statement } from '../../database/statement.ts';
import { forgetBatchSizeMax } from '../../limits.ts';

/**
 * A day on top, the longest time to use a grant: so nothing that expired by then can still be used, and the index on the
 * expiry is read where there is something to delete. Whatever the times say, what waits or could be used stays. A proof
 * goes with its grant (I3).
 */
export const forgetRequests = statement<{ readonly before: Date }, { count: number }>(
  'forget_requests',
  /* sql */ `
WITH due AS (
  SELECT r.id FROM countersign.authorization_request r
  WHERE r.expires_at <= :before::timestamptz - interval '1 day' AND r.state <> 'waiting' AND r.decided_at <= :before::timestamptz
    AND (r.execute_before <= :before::timestamptz OR r.execute_before IS NULL)
  ORDER BY r.expires_at LIMIT ${forgetBatchSizeMax} FOR UPDATE SKIP LOCKED
), challenges AS (
  DELETE FROM countersign.challenge c WHERE c.about_id = ANY (ARRAY(SELECT id FROM due))
), proofs AS (
  DELETE FROM countersign.proof p WHERE p.request_id = ANY (ARRAY(SELECT id FROM due))
), forgotten AS (
  DELETE FROM countersign.authorization_request r WHERE r.id = ANY (ARRAY(SELECT id FROM due)) RETURNING r.id
), noted AS (
  UPDATE countersign.installation i SET requests_forgotten_until = greatest(i.requests_forgotten_until, :before::timestamptz)
  WHERE EXISTS (SELECT FROM forgotten)
)
SELECT count(*)::int AS count FROM forgotten`,
);
