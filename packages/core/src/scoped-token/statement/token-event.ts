import type { EventType } from '../../event/catalog.ts';

/** The event of a token, selected from its inserted or updated row: no row, no event (I6). */
export function tokenEvent(event: {
  readonly type: Extract<EventType, `scoped_token.${string}`>;
  /** The parameter, or expression, that is the event's UUID. */
  readonly id: string;
  /** The sibling query that holds the changed row, here `t`. */
  readonly from: string;
  /** The payload: SQL of ours over `t`, never a value. */
  readonly data: string;
}): string {
  return /* sql */ `
  SELECT (SELECT i.epoch FROM countersign.installation i), t.event_txid, ${event.id}, '${event.type}', :now::timestamptz, t.subject_id,
    t.session_id, NULL, 'scoped_token', t.id, t.sequence, ${event.data}, :eventContext::jsonb
  FROM ${event.from} AS t`;
}

/** As of a request: an event of a token never stands in the log before the one before (docs/adr/0005). */
export const advanceToken =
  'sequence = t.sequence + 1, event_txid = greatest(t.event_txid, pg_current_xact_id())';
