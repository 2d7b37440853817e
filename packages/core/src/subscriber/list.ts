import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { parseInput } from '../parse.ts';
import { requireInstallation } from '../permission.ts';
import { listInput, type listOutput } from './schema.ts';
import { listSubscriberRows } from './statement/list.ts';
import { viewOf } from './view.ts';

/** Every durable subscriber that has ever had this log, by name: where it stands, and what holds it up. */
export async function listSubscribers(
  { actor, db, clock }: CoreContext,
  input: z.input<typeof listInput>,
): Promise<z.output<typeof listOutput>> {
  parseInput(listInput, input);
  requireInstallation(actor);
  const rows = await db.query(listSubscriberRows, { name: null });
  return { items: rows.map((row) => viewOf(row, clock.now())) };
}
