import type { CoreServices } from '../context.ts';
import { formatPosition, isBefore } from '../event/position.ts';
import { eventViewOf, type EventRow } from '../event/row.ts';
import type { EndpointInForce, OweParameters } from './statement/owe.ts';

const nil = '00000000-0000-0000-0000-000000000000';

/** Whether an endpoint is sent an event. */
export function wants({ types, slug }: Pick<EndpointInForce, 'types' | 'slug'>, row: EventRow): boolean {
  return (types === null || types.includes(row.type)) && (slug === null || row.slug === slug);
}

/** Whether it happened after the endpoint was switched on. */
export function isSince({ from_epoch: epoch, from_txid: txid }: EndpointInForce, row: EventRow): boolean {
  return !isBefore(row, { epoch, txid, sequence: 0, id: nil });
}

/** The parameters that say what is owed where; null when nothing is. */
export function owedBy(
  { clock, ids }: Pick<CoreServices, 'clock' | 'ids'>,
  pairs: readonly { readonly row: EventRow; readonly endpoint: Pick<EndpointInForce, 'id' | 'activation'> }[],
  { isReplay }: { readonly isReplay: boolean },
): OweParameters | null {
  if (pairs.length === 0) return null;
  const rows = [...new Set(pairs.map(({ row }) => row))];
  const places = new Map(rows.map((row, index) => [row, String(index + 1)]));
  return {
    events: rows.map(formatPosition),
    eventTypes: rows.map(({ type }) => type),
    aboutIds: rows.map(({ about_id: aboutId }) => aboutId),
    sequences: rows.map(({ sequence }) => String(sequence)),
    bodies: rows.map(bodyOf),
    ids: pairs.map(() => ids.uuid()),
    endpointIds: pairs.map(({ endpoint }) => endpoint.id),
    activations: pairs.map(({ endpoint }) => String(endpoint.activation)),
    places: pairs.map(({ row }) => places.get(row) ?? ''),
    isReplay,
    now: clock.now(),
  };
}

/** As Standard Webhooks 1.0 has it: type, timestamp, data. The data is the event as the service reads it. */
function bodyOf(row: EventRow): string {
  return messageBody(row.type, row.occurred_at, eventViewOf(row, 'full'));
}

export function messageBody(type: string, timestamp: Date, data: unknown): string {
  return JSON.stringify({ type, timestamp, data });
}
