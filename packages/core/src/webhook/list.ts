import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { parseInput } from '../parse.ts';
import { requireOperator } from '../permission.ts';
import { listInput, type listOutput } from './schema.ts';
import { listEndpointRows } from './statement/endpoint.ts';
import { endpointViewOf } from './view.ts';

/**
 * All endpoints, newest first. There are never more than a page of them.
 *
 * @throws CountersignError `forbidden`.
 */
export async function listWebhooks(
  context: CoreContext,
  input: z.input<typeof listInput>,
): Promise<z.output<typeof listOutput>> {
  parseInput(listInput, input);
  requireOperator(context.actor);
  const rows = await context.db.query(listEndpointRows, {});
  const now = context.clock.now();
  return rows.map((row) => endpointViewOf(row, now));
}
