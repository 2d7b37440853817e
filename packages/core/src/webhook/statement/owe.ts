import { statement } from '../../database/statement.ts';
import type { EventType } from '../../event/catalog.ts';

/** What the log must be read for. */
export interface EndpointInForce {
  readonly id: string;
  readonly activation: number;
  readonly types: EventType[] | null;
  readonly slug: string | null;
  /** With the transaction: what stands before is not its own. */
  readonly from_epoch: number;
  readonly from_txid: string;
}

export const readEndpointsInForce = statement<object, EndpointInForce>(
  'webhook_in_force',
  `SELECT w.id, w.activation, w.types, w.slug, w.from_epoch, w.from_txid::text AS from_txid
   FROM countersign.webhook_endpoint w WHERE w.is_active`,
);

/** Deliveries as columns: the events once, and for each delivery which event goes where. */
export interface OweParameters {
  readonly events: readonly string[];
  readonly eventTypes: readonly string[];
  readonly aboutIds: readonly string[];
  readonly sequences: readonly string[];
  readonly bodies: readonly string[];
  readonly ids: readonly string[];
  readonly endpointIds: readonly string[];
  readonly activations: readonly string[];
  /** 1, 2, 3 … into the events. */
  readonly places: readonly string[];
  readonly isReplay: boolean;
  readonly now: Date;
}

/**
 * From now on they are owed. Not to an endpoint that was switched off or removed since it was read, and not what is owed
 * already.
 */
export const oweDeliveries = statement<OweParameters, { id: string }>(
  'webhook_owe',
  /* sql */ `
INSERT INTO countersign.webhook_delivery
  (id, endpoint_id, activation, event, type, about_id, sequence, is_replay, body, next_at, created_at)
SELECT d.id, w.id, w.activation, e.event, e.type, e.about_id, e.sequence, :isReplay::boolean, e.body, :now::timestamptz, :now::timestamptz
FROM unnest(:ids::uuid[], :endpointIds::uuid[], :activations::int[], :places::int[]) AS d (id, endpoint_id, activation, place)
JOIN unnest(:events::text[], :eventTypes::text[], :aboutIds::uuid[], :sequences::int[], :bodies::text[])
  WITH ORDINALITY AS e (event, type, about_id, sequence, body, place) ON e.place = d.place
JOIN countersign.webhook_endpoint w ON w.id = d.endpoint_id AND w.activation = d.activation AND w.is_active
ORDER BY d.id
ON CONFLICT (endpoint_id, activation, about_id, sequence) WHERE state = 'waiting' DO NOTHING
RETURNING id`,
);
