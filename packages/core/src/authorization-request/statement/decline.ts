import { inTime } from '../../database/in-time.ts';
import { without } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';
import { advanceSubject, subjectEvent } from '../../event/subject.ts';
import type { RequestRow } from '../row.ts';
import { visibleTo, type ViewerParameters } from './visible.ts';

export interface DeclineParameters extends EventParameters, ViewerParameters {
  readonly id: string;
  readonly eventId: string;
}

interface Declined {
  readonly reason: string;
  readonly data: string;
  /** Further assignments to the subject's counters. */
  readonly settle?: string;
  readonly events?: readonly string[];
}

/** A decision that needs no proof: one statement, conditional on the request still waiting, in time. */
function decline(
  state: 'denied' | 'cancelled',
  { reason, data, settle = '', events = [] }: Declined,
): string {
  return /* sql */ `
WITH locked AS (
  SELECT r.id, r.expires_at FROM countersign.authorization_request r
  WHERE r.id = :id::uuid AND ${visibleTo} AND r.state = 'waiting' AND r.expires_at > :now::timestamptz
  FOR NO KEY UPDATE
), in_time AS (${inTime('locked')}
), decided AS (
  UPDATE countersign.authorization_request r
  SET state = '${state}', reason = ${reason}, generation = r.generation + 1, ${advanceLog}, sequence = r.sequence + 1, checked = NULL,
    decided_at = :now::timestamptz
  FROM in_time WHERE r.id = in_time.id
  RETURNING r.*
), settled AS (
  UPDATE countersign.subject_security s SET waiting_until = ${without('s.waiting_until', 'decided.expires_at')},
    prompts = s.prompts - decided.id::text ${settle}
  FROM decided WHERE s.subject_id = decided.subject_id
  RETURNING s.subject_id, s.sequence, s.event_txid
), logged AS (${appendEvents(
    requestEvent({
      type: `authorization_request.${state}`,
      id: ':eventId::uuid',
      from: 'decided',
      sequence: 'r.sequence',
      data,
    }),
    ...events,
  )}
)
SELECT * FROM decided`;
}

export const denyRequest = statement<
  DeclineParameters & { readonly reason: 'declined' | 'not_me' },
  RequestRow
>(
  'request_deny',
  decline('denied', { reason: ':reason::text', data: `'reason', r.reason, 'by', :by::text` }),
);

/**
 * Somebody said with a signature that this was not them: no more prompts for a while, and the session that asked
 * starts nothing. What others have said before stays: the later end counts.
 */
export const reportRequest = statement<
  DeclineParameters & { readonly nowMs: number; readonly mutedUntilMs: number; readonly abuseData: string },
  RequestRow
>(
  'request_report',
  decline('denied', {
    reason: `'not_me'`,
    data: `'reason', r.reason, 'by', :by::text`,
    settle: /* sql */ `,
    muted_until = greatest(s.muted_until, to_timestamp(:mutedUntilMs::bigint / 1000.0)),
    silenced = coalesce((SELECT jsonb_object_agg(p.key, p.value) FROM jsonb_each(s.silenced) AS p
        WHERE (p.value #>> '{}')::bigint > :nowMs::bigint), '{}')
      || CASE WHEN decided.session_id IS NULL THEN '{}' ELSE jsonb_build_object(decided.session_id, :mutedUntilMs::bigint) END,
    sequence = s.sequence + 1, ${advanceSubject}`,
    events: [subjectEvent({ type: 'abuse.reported', from: 'settled', data: ':abuseData::jsonb' })],
  }),
);

export const cancelRequest = statement<DeclineParameters, RequestRow>(
  'request_cancel',
  decline('cancelled', { reason: 'NULL', data: `'by', :by::text` }),
);
