import { statement } from '../../database/statement.ts';
import type { GrantParameters } from '../../authorization-request/statement/consume.ts';

export interface FindStandingParameters extends GrantParameters {
  /** Strong enough: of what was proven, or of what will have to be. */
  readonly bindings: readonly string[];
  readonly now: Date;
  /** No request older than this can still be used: a bound for the index. */
  readonly createdSince: string;
}

/**
 * The request for exactly these values, in this session: granted and not used, else one that still waits. One of a
 * session equals no other session, and never none.
 */
export const findStanding = statement<
  FindStandingParameters,
  { readonly id: string; readonly state: 'granted' | 'waiting' }
>(
  'guard_find_standing',
  /* sql */ `
SELECT r.id, r.state FROM countersign.authorization_request r
WHERE r.subject_id = :subjectId::text AND r.id > :createdSince::uuid AND r.slug = :slug::text
  AND r.session_id IS NOT DISTINCT FROM :sessionId::text AND r.data_hash = :dataHash::bytea
  AND (
    (r.state = 'granted' AND r.consumed_at IS NULL AND r.execute_before > :now::timestamptz AND r.binding = ANY (:bindings::text[]))
    OR (r.state = 'waiting' AND r.expires_at > :now::timestamptz AND r.attempts_left > 0
      AND r.required_binding = ANY (:bindings::text[])))
ORDER BY r.state, r.id DESC LIMIT 1`,
);
