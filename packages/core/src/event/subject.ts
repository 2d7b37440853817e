import type { EventType } from './catalog.ts';

/** The UUID that events about a subject have in the log; readers are shown the subject's own id. */
const aboutSubject = `encode(substr(sha256(convert_to(s.subject_id, 'UTF8')), 1, 16), 'hex')::uuid`;

/** As of a request: an event of a subject never stands in the log before the one before (docs/adr/0005). */
export const advanceSubject = 'event_txid = greatest(s.event_txid, pg_current_xact_id())';

/** The event of a subject, selected from its updated row of `subject_security`: no row, no event (I6). */
export function subjectEvent(event: {
  readonly type: Extract<
    EventType,
    `subject.${string}` | `abuse.${string}` | 'factor.locked' | 'factor.unlocked'
  >;
  /** The sibling query that holds the changed row, here `s`. */
  readonly from: string;
  /** The payload: SQL of ours over `s`, never a value. */
  readonly data: string;
  readonly where?: string;
  /** Of several events of one statement the later one has the row's sequence. */
  readonly sequence?: string;
}): string {
  return /* sql */ `
  SELECT (SELECT i.epoch FROM countersign.installation i), s.event_txid, gen_random_uuid(), '${event.type}', :now::timestamptz, s.subject_id,
    NULL, NULL, 'subject', ${aboutSubject}, ${event.sequence ?? 's.sequence'}, ${event.data}, :eventContext::jsonb
  FROM ${event.from} AS s WHERE ${event.where ?? 'true'}`;
}
