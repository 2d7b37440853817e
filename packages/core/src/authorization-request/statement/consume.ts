import { timeByNow } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';
import type { RequestRow } from '../row.ts';

/** What a grant must be for. */
export interface GrantParameters {
  readonly slug: string;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly dataHash: Uint8Array;
}

export interface ConsumeParameters extends EventParameters, GrantParameters {
  readonly id: string;
  readonly eventId: string;
  readonly consumedData: string;
}

/** What the receipt says. */
export type ConsumedRow = Pick<
  RequestRow,
  | 'id'
  | 'slug'
  | 'subject_id'
  | 'session_id'
  | 'data_hash'
  | 'display_hash'
  | 'binding'
  | 'granted_at'
  | 'consumed_at'
>;

/**
 * A grant of exactly these values that can be used now; the time spent waiting for its row counts. So the row is locked
 * by a sub-query of its own, and this is asked after: an update that has waited for a transaction which then rolled back
 * does not look at its conditions again, and would use a grant after its time.
 */
const usable = `r.slug = :slug::text AND r.subject_id = :subjectId::text
    AND r.data_hash = :dataHash::bytea AND r.state = 'granted' AND r.consumed_at IS NULL AND r.execute_before > ${timeByNow}`;

/** The transition, its event selected from the row that it took, and what the receipt says. */
const consumption = (locked: string): string => /* sql */ `
WITH locked AS (${locked} FOR NO KEY UPDATE OF r
), consumed AS (
  UPDATE countersign.authorization_request r
  SET consumed_at = :now::timestamptz, ${advanceLog}, sequence = r.sequence + 1
  WHERE r.id = (SELECT l.id FROM locked l) AND ${usable}
  RETURNING r.id, r.slug, r.subject_id, r.session_id, r.data_hash, r.display_hash, r.binding, r.granted_at, r.consumed_at, r.event_txid,
    r.sequence
), logged AS (${appendEvents(
  requestEvent({
    type: 'authorization_request.consumed',
    id: ':eventId::uuid',
    from: 'consumed',
    sequence: 'r.sequence',
    data: ':consumedData::jsonb',
  }),
)}
)
SELECT id, slug, subject_id, session_id, data_hash, display_hash, binding, granted_at, consumed_at FROM consumed`;

/**
 * Uses the grant, once, if every value is the one that was authorized. In the caller's transaction it
 * commits or rolls back with the caller's own write.
 */
export const consumeRequest = statement<ConsumeParameters, ConsumedRow>(
  'request_consume',
  consumption(/* sql */ `
  SELECT r.id FROM countersign.authorization_request r
  WHERE r.id = :id::uuid AND r.subject_id = :subjectId::text AND (r.session_id IS NULL OR r.session_id = :sessionId::text)`),
);

export interface ConsumeStandingParameters extends EventParameters, GrantParameters {
  /** Strong enough now, whatever was enough when it was asked. */
  readonly bindings: readonly string[];
  /** No request older than this can still be used: a bound for the index. */
  readonly createdSince: string;
  readonly eventId: string;
  readonly consumedData: string;
}

/**
 * The same for whoever knows the values and not the request: uses the newest grant for them, of this session and no
 * other. One that another call is using is waited for: that call may give it back. Where it does not, the next grant is
 * looked for; nobody is refused for having come second while a further grant stands.
 */
export const consumeStandingRequest = statement<ConsumeStandingParameters, ConsumedRow>(
  'request_consume_standing',
  consumption(/* sql */ `
  SELECT r.id FROM countersign.authorization_request r
  WHERE r.id > :createdSince::uuid AND r.session_id IS NOT DISTINCT FROM :sessionId::text
    AND r.binding = ANY (:bindings::text[]) AND ${usable}
  ORDER BY r.id DESC LIMIT 1`),
);

/** Why not: the row as the one who consumes may know it. */
export const readForConsumption = statement<
  { readonly id: string; readonly subjectId: string; readonly sessionId: string | null },
  RequestRow
>(
  'request_read_consumption',
  /* sql */ `
SELECT r.* FROM countersign.authorization_request r
WHERE r.id = :id::uuid AND r.subject_id = :subjectId::text AND (r.session_id IS NULL OR r.session_id = :sessionId::text)`,
);
