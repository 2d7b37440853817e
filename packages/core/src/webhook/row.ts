import type { EventType } from '../event/catalog.ts';
import type { Uuid } from '../id.ts';
import type { DeliveryState, DisabledReason, TryFailure } from './schema.ts';

/** A row of `countersign.webhook_endpoint`, without its secrets. */
export interface EndpointRow {
  readonly id: Uuid<'webhook'>;
  readonly url: string;
  readonly description: string | null;
  readonly types: EventType[] | null;
  readonly slug: string | null;
  readonly is_active: boolean;
  readonly activation: number;
  readonly disabled_reason: DisabledReason | null;
  readonly disabled_at: Date | null;
  readonly previous_until: Date | null;
  readonly delivered_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly updated_at: Date;
}

/** A row of `countersign.webhook_delivery`, without what was sent. */
export interface DeliveryRow {
  readonly id: Uuid<'webhookDelivery'>;
  readonly endpoint_id: Uuid<'webhook'>;
  readonly event: `evt_${string}`;
  readonly type: EventType;
  readonly about_id: string;
  readonly sequence: number;
  readonly is_replay: boolean;
  readonly state: DeliveryState;
  /** Null while it is being sent, and when it is over. */
  readonly next_at: Date | null;
  readonly history: readonly StoredTry[];
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

/** One try as it is stored. Times are ISO 8601 text. */
export interface StoredTry {
  readonly at: string;
  readonly status: number | null;
  readonly failure: TryFailure | null;
  readonly milliseconds: number;
}
