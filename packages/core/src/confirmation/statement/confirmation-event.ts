import type { EventType } from '../../event/catalog.ts';

/** The event of a confirmation, selected from its inserted or updated row: no row, no event (I6). */
export function confirmationEvent(event: {
  readonly type: Extract<EventType, `confirmation.${string}`>;
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
  SELECT (SELECT i.epoch FROM countersign.installation i), r.event_txid, ${id}, '${type}', ${occurredAt}, r.subject_id, NULL::text, NULL::text,
    'confirmation', r.id, ${sequence}, ${data.startsWith(':') ? data : `jsonb_build_object(${data})`}, :eventContext::jsonb
  FROM ${from} AS r WHERE ${where}`;
}
