import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { invalidInput } from '../error.ts';
import { parseId } from '../id.ts';
import { parseInput } from '../parse.ts';
import { requireOperator } from '../permission.ts';
import { deliveriesInput, deliveriesLimitDefault, type deliveriesOutput } from './schema.ts';
import { deliveriesPage, deliveriesPageOfEndpoint } from './statement/deliveries.ts';
import { deliveryViewOf } from './view.ts';

/**
 * What was sent and what is owed, newest first. An endpoint that nobody knows has none.
 *
 * @throws CountersignError `forbidden`; `invalid_input` for a cursor that is none.
 */
export async function listDeliveries(
  { actor, db }: CoreContext,
  input: z.input<typeof deliveriesInput>,
): Promise<z.output<typeof deliveriesOutput>> {
  const { cursor, state = null, limit = deliveriesLimitDefault, ...of } = parseInput(deliveriesInput, input);
  requireOperator(actor);
  const after = cursor === undefined ? null : parseCursor(cursor);
  if (cursor !== undefined && after === null)
    throw invalidInput(['cursor'], 'must be a cursor that a list returned');
  const endpointId = of.endpointId === undefined ? undefined : parseId('webhook', of.endpointId);
  if (endpointId === null) return { items: [], nextCursor: null };
  const page = { after, limit: limit + 1 };
  const rows =
    endpointId === undefined
      ? await db.query(deliveriesPage(state), page)
      : await db.query(deliveriesPageOfEndpoint(state), { ...page, endpointId });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(deliveryViewOf),
    nextCursor: rows.length > limit && last ? formatCursor(last.id) : null,
  };
}
