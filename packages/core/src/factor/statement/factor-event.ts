import type { EventType } from '../../event/catalog.ts';

/** The event of a factor, selected from its inserted or updated row: no row, no event (I6). */
export function factorEvent(event: {
  readonly type: Extract<EventType, `factor.${string}` | `device.${string}`>;
  /** The parameter, or expression, that is the event's UUID. */
  readonly id: string;
  /** The sibling query that holds the changed row, here `f`. */
  readonly from: string;
  readonly sequence?: string;
  /** The payload: SQL of ours over `f`, never a value. */
  readonly data: string;
  readonly where?: string;
  /** What the event is about: a device is a factor with events of its own name. */
  readonly about?: 'factor' | 'device';
}): string {
  const { sequence = 'f.sequence', where = 'true', about = 'factor' } = event;
  return /* sql */ `
  SELECT (SELECT i.epoch FROM countersign.installation i), f.event_txid, ${event.id}, '${event.type}', :now::timestamptz, f.subject_id,
    NULL, NULL, '${about}', f.id, ${sequence}, ${event.data}, :eventContext::jsonb
  FROM ${event.from} AS f WHERE ${where}`;
}

/** What waits for its confirmation, taken out. */
export const forgetPending =
  'pending = NULL, pending_hint = NULL, pending_identity = NULL, pending_binding = NULL, authorized_by = NULL';

/** A removed factor is not asked first, and keeps nothing by which anybody could prove. */
export const forgetFactor = `removed_at = :now::timestamptz, is_default = false, config = NULL, ${forgetPending}`;

/** As of a request: an event of a factor never stands in the log before the one before (docs/adr/0005). */
export const advanceFactor =
  'sequence = f.sequence + 1, event_txid = greatest(f.event_txid, pg_current_xact_id())';
