import { formatId } from '../id.ts';
import type { DeliveryRow, EndpointRow, StoredTry } from './row.ts';
import type { DeliveryView, EndpointView } from './schema.ts';

/** What leaves core of an endpoint. */
export function endpointViewOf(row: EndpointRow, now: Date): EndpointView {
  return {
    id: formatId('webhook', row.id),
    url: row.url,
    description: row.description,
    types: row.types,
    slug: row.slug,
    isActive: row.is_active,
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at,
    previousSecretUntil: row.previous_until !== null && row.previous_until > now ? row.previous_until : null,
    lastDeliveredAt: row.delivered_at,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
  };
}

/** What leaves core of a delivery: of what was sent nothing, of what was answered the status. */
export function deliveryViewOf(row: DeliveryRow): DeliveryView {
  return {
    id: formatId('webhookDelivery', row.id),
    endpointId: formatId('webhook', row.endpoint_id),
    eventId: row.event,
    type: row.type,
    state: row.state,
    isReplay: row.is_replay,
    nextTryAt: row.next_at,
    tries: row.history.map(triedOf),
    createdAt: row.created_at,
    finishedAt: row.finished_at,
  };
}

export function triedOf({ at, ...tried }: StoredTry): DeliveryView['tries'][number] {
  return { at: new Date(at), ...tried };
}
