import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { everyEvent } from '../event/filter.ts';
import { formatPosition, parsePosition, type Position } from '../event/position.ts';
import { readAfter } from '../event/read.ts';
import type { EventRow } from '../event/row.ts';
import { parseId, type Uuid } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireOperator } from '../permission.ts';
import { owedBy } from './owe.ts';
import { earliestSince, placeSince } from './place-since.ts';
import type { DeliveryRow, EndpointRow } from './row.ts';
import { replayInput, type replayOutput } from './schema.ts';
import { readDelivery } from './statement/deliveries.ts';
import { readEndpoint } from './statement/endpoint.ts';
import { oweDeliveries } from './statement/owe.ts';

type Replayed = z.output<typeof replayOutput>;
type Parsed = z.output<typeof replayInput>;

/** Events of one call. */
const pageSize = 500;

/**
 * Sends once more: one delivery, or what the log holds for an endpoint from a place or a moment on, a part at a time.
 * These are deliveries of their own under the `webhook-id` of the first one, so that a receiver knows what it has.
 *
 * @throws CountersignError `forbidden`; `not_found` for an id that is none, and for a delivery to an endpoint that was
 * removed; `unavailable` for an endpoint that is switched off; `invalid_input`, also for what the log does not keep any more.
 */
export async function replayWebhook(
  context: CoreContext,
  input: z.input<typeof replayInput>,
): Promise<Replayed> {
  const parsed = parseInput(replayInput, input);
  requireOperator(context.actor);
  requireOne(parsed);
  return await once<never, Replayed>(context, 'webhook.replay', parsed, {
    write: async (writing) => ({
      answer:
        parsed.deliveryId === undefined
          ? await replayLog(writing, parsed)
          : await replayOne(writing, parsed.deliveryId),
      isNews: false,
    }),
  });
}

function requireOne({ deliveryId, endpointId, after, since }: Parsed): void {
  const given = [after, since].filter((value) => value !== undefined).length;
  if ((deliveryId === undefined) === (endpointId === undefined))
    throw invalidInput([], 'must have either deliveryId or endpointId');
  if (deliveryId !== undefined && given > 0) throw invalidInput([], 'must have nothing else with deliveryId');
  if (endpointId !== undefined && given !== 1)
    throw invalidInput([], 'must have either after or since with endpointId');
}

async function replayLog(context: CoreContext, { endpointId, after, since }: Parsed): Promise<Replayed> {
  const { db } = context;
  const endpoint = await activeEndpoint(context, parseId('webhook', endpointId ?? ''));
  const earliest = since === undefined ? null : earliestSince(new Date(since));
  const place = earliest === null ? placeOf(after ?? '') : await placeSince(db, earliest);
  const { types, slug } = endpoint;
  const { rows, end } = await readAfter(db, { ...everyEvent, types, slug }, place, pageSize);
  const hasMore = end !== null && (await readAfter(db, everyEvent, end, 1)).end !== null;
  // The log is not ordered by time: what is clearly older may stand behind the place.
  const missed = earliest === null ? rows : rows.filter(({ occurred_at: at }) => at >= earliest);
  return {
    replayed: await owe(context, endpoint, missed),
    cursor: hasMore ? formatPosition(end) : null,
  };
}

function placeOf(text: string): Position {
  const place = parsePosition(text);
  if (place === null)
    throw invalidInput(['after'], 'must be the id of an event or a cursor that was returned');
  return place;
}

async function replayOne(context: CoreContext, givenId: string): Promise<Replayed> {
  const id = parseId('webhookDelivery', givenId);
  const [delivery] = id === null ? [] : await context.db.query(readDelivery, { id });
  if (!delivery) throw new CountersignError('not_found');
  const endpoint = await activeEndpoint(context, delivery.endpoint_id);
  return { replayed: await owe(context, endpoint, [await eventOf(context, delivery)]), cursor: null };
}

/** From the log and not from the delivery: that has let go of it when it was over. */
async function eventOf({ db }: CoreContext, delivery: DeliveryRow): Promise<EventRow> {
  const { epoch, txid, sequence } = parsePosition(delivery.event) as Position;
  const before = { epoch, txid, sequence: sequence - 1, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
  const { rows } = await readAfter(db, { ...everyEvent, aboutId: delivery.about_id }, before, 1);
  const [row] = rows;
  if (row && formatPosition(row) === delivery.event) return row;
  throw invalidInput(['deliveryId'], 'must be of an event that is still kept');
}

async function activeEndpoint({ db }: CoreContext, id: Uuid<'webhook'> | null): Promise<EndpointRow> {
  const [endpoint] = id === null ? [] : await db.query(readEndpoint, { id });
  if (!endpoint) throw new CountersignError('not_found');
  if (!endpoint.is_active) throw new CountersignError('unavailable');
  return endpoint;
}

async function owe(context: CoreContext, endpoint: EndpointRow, rows: readonly EventRow[]): Promise<number> {
  const owed = owedBy(
    context,
    rows.map((row) => ({ row, endpoint })),
    { isReplay: true },
  );
  return owed === null ? 0 : (await context.db.query(oweDeliveries, owed)).length;
}
