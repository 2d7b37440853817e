import { waited } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';
import type { RequestRow } from '../row.ts';

export interface ConsumeParameters extends EventParameters {
  readonly id: string;
  readonly slug: string;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly dataHash: Uint8Array;
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
 * Uses the grant, once, if every value is the one that was authorized. In the caller's transaction it
 * commits or rolls back with the caller's own write.
 */
export const consumeRequest = statement<ConsumeParameters, ConsumedRow>(
  'request_consume',
  /* sql */ `
WITH consumed AS (
  UPDATE countersign.authorization_request r
  SET consumed_at = :now::timestamptz, ${advanceLog}, sequence = r.sequence + 1
  WHERE r.id = :id::uuid AND r.slug = :slug::text AND r.subject_id = :subjectId::text
    AND (r.session_id IS NULL OR r.session_id = :sessionId::text)
    AND r.data_hash = :dataHash::bytea AND r.state = 'granted' AND r.consumed_at IS NULL AND r.execute_before > :now::timestamptz + ${waited}
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
SELECT id, slug, subject_id, session_id, data_hash, display_hash, binding, granted_at, consumed_at FROM consumed`,
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
