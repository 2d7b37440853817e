import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireInstallation } from '../permission.ts';
import { removeInput, type removeOutput } from './schema.ts';
import { removeRow } from './statement/change.ts';

/** Forgets where a subscriber stands that no program has any more. One that still runs begins anew, as if its name were new. */
export async function removeSubscriber(
  context: CoreContext,
  input: z.input<typeof removeInput>,
): Promise<z.output<typeof removeOutput>> {
  const parsed = parseInput(removeInput, input);
  requireInstallation(context.actor);
  return await once<never, z.output<typeof removeOutput>>(context, 'operator.removeSubscriber', parsed, {
    write: async ({ db }) => ({ answer: { removed: (await db.query(removeRow, parsed)).length > 0 } }),
  });
}
