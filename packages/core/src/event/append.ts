import type { EventType } from './catalog.ts';

/** Parameters that every statement needs which appends events. */
export interface EventParameters {
  readonly now: Date;
  /** What the caller passed along, as JSON text, or null. */
  readonly eventContext: string | null;
  /** Who did it: the kind of actor, or `system`. */
  readonly by: string;
}

/**
 * The event of a transition, selected *from the updated row*: no row, no event; one row, one event, in the
 * same commit (I6). Every part is SQL of ours, never a value; values are parameters.
 */
export function requestEvent(event: {
  readonly type: Extract<EventType, `authorization_request.${string}`>;
  /** The parameter, or expression, that is the event's UUID. */
  readonly id: string;
  /** The sibling query that holds the changed row, here `r`. */
  readonly from: string;
  readonly sequence: string;
  /** The payload: pairs for `jsonb_build_object` over `r`, or the parameter that holds all of it. */
  readonly data: string;
  readonly occurredAt?: string;
  readonly where?: string;
}): string {
  const { id, type, occurredAt = ':now::timestamptz', sequence, data, from, where = 'true' } = event;
  return /* sql */ `
  SELECT (SELECT i.epoch FROM countersign.installation i), r.event_txid, ${id}, '${type}', ${occurredAt}, r.subject_id, r.session_id, r.slug,
    'authorization_request', r.id, ${sequence}, ${data.startsWith(':') ? data : `jsonb_build_object(${data})`}, :eventContext::jsonb
  FROM ${from} AS r WHERE ${where}`;
}

/**
 * Assignment that every statement makes which appends events of a request `r`: the log is ordered by
 * transaction, and a transaction can be older than the event before. A host that writes first and consumes
 * last has an older number than the grant in between; its consumption must not be told before the grant.
 * A later number than one's own only delays: readers pass no number that is still in use. (docs/adr/0005)
 */
export const advanceLog = 'event_txid = greatest(r.event_txid, pg_current_xact_id())';

/** Writes the events, all in the statement of their transition. */
export function appendEvents(...events: readonly string[]): string {
  return /* sql */ `
  INSERT INTO countersign.event
    (epoch, txid, id, type, occurred_at, subject_id, session_id, slug, about_kind, about_id, sequence, data, context)
  ${events.join('\n  UNION ALL')}`;
}
