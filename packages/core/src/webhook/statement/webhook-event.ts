import type { EventType } from '../../event/catalog.ts';

/** The event of an endpoint, selected from its updated row: no row, no event (I6). */
export function webhookEvent(event: {
  readonly type: Extract<EventType, `webhook.${string}`>;
  /** The sibling query that holds the changed row, here `w`. */
  readonly from: string;
  /** The payload: SQL of ours over `w`, never a value. */
  readonly data: string;
  readonly where?: string;
}): string {
  return /* sql */ `
  SELECT (SELECT i.epoch FROM countersign.installation i), w.event_txid, gen_random_uuid(), '${event.type}', :now::timestamptz, NULL,
    NULL, NULL, 'webhook', w.id, w.sequence, ${event.data}, :eventContext::jsonb
  FROM ${event.from} AS w WHERE ${event.where ?? 'true'}`;
}

/** As of a request: an event of an endpoint never stands in the log before the one before (docs/adr/0005). */
export const advanceWebhook =
  'sequence = w.sequence + 1, event_txid = greatest(w.event_txid, pg_current_xact_id())';
