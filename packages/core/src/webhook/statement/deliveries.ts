import { statement, type Statement } from '../../database/statement.ts';
import type { DeliveryRow } from '../row.ts';
import type { DeliveryState } from '../schema.ts';

const columns = `d.id, d.endpoint_id, d.event, d.type, d.about_id, d.sequence, d.is_replay, d.state, CASE WHEN d.claim IS NULL AND d.state = 'waiting' THEN d.next_at END AS next_at, d.history, d.created_at, d.finished_at`;

interface Page {
  /** A UUID: those older than this one. */
  readonly after: string | null;
  readonly limit: number;
}

const page = (where: string) => /* sql */ `
SELECT ${columns} FROM countersign.webhook_delivery d
WHERE d.id < coalesce(:after::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') AND ${where}
ORDER BY d.id DESC LIMIT :limit::int`;

const inState = (state: DeliveryState | null) => (state === null ? 'true' : `d.state = '${state}'`);

/** Newest first: ids rise. The state is part of the text, so that an index of one state can serve. */
export function deliveriesPage(state: DeliveryState | null): Statement<Page, DeliveryRow> {
  return pages[state ?? 'any'];
}

export function deliveriesPageOfEndpoint(
  state: DeliveryState | null,
): Statement<Page & { readonly endpointId: string }, DeliveryRow> {
  return pagesOfEndpoint[state ?? 'any'];
}

function pageIn(state: DeliveryState | null) {
  return statement<Page, DeliveryRow>(`webhook_deliveries_${state ?? 'any'}`, page(inState(state)));
}

function pageOfEndpointIn(state: DeliveryState | null) {
  return statement<Page & { readonly endpointId: string }, DeliveryRow>(
    `webhook_deliveries_of_${state ?? 'any'}`,
    page(`d.endpoint_id = :endpointId::uuid AND ${inState(state)}`),
  );
}

const pages = {
  any: pageIn(null),
  waiting: pageIn('waiting'),
  delivered: pageIn('delivered'),
  failed: pageIn('failed'),
  cancelled: pageIn('cancelled'),
} as const;

const pagesOfEndpoint = {
  any: pageOfEndpointIn(null),
  waiting: pageOfEndpointIn('waiting'),
  delivered: pageOfEndpointIn('delivered'),
  failed: pageOfEndpointIn('failed'),
  cancelled: pageOfEndpointIn('cancelled'),
} as const;

export const readDelivery = statement<{ readonly id: string }, DeliveryRow>(
  'webhook_delivery_read',
  `SELECT ${columns} FROM countersign.webhook_delivery d WHERE d.id = :id::uuid`,
);
