import { statement } from '../../database/statement.ts';

/**
 * What a factor has approved and nobody has executed yet loses its execution window (I13). Its own statement, after the
 * one that locked the factor: a grant that committed while that one waited is in this one's snapshot, not in that one's.
 * The window ends where it began, so that no clock that is behind finds it open. It was never longer than a day.
 */
export const closeGrants = statement<
  { readonly factorId: string; readonly now: Date },
  { readonly id: string }
>(
  'request_close_grants',
  /* sql */ `
UPDATE countersign.authorization_request r SET execute_before = r.granted_at
FROM countersign.proof p
WHERE p.factor_id = :factorId::uuid AND p.proven_at > :now::timestamptz - interval '25 hours' AND p.request_id = r.id
  AND r.state = 'granted' AND r.consumed_at IS NULL AND r.execute_before > :now::timestamptz
RETURNING r.id`,
);
