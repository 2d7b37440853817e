import type { z } from 'zod';
import { digitsFor } from '../challenge/view.ts';
import type { CoreContext } from '../context.ts';
import { parseId } from '../id.ts';
import { parseInput } from '../parse.ts';
import { requireServiceOrSubject } from '../permission.ts';
import { activeMethods, methodOf } from './configured.ts';
import { checkInput, type checkOutput } from './schema.ts';
import { readConfirmation } from './statement/read.ts';
import { viewerOf } from './statement/visible.ts';
import { viewOf } from './view.ts';

/**
 * Could it be used now? Confirmed, not used, not expired, its factor confirmed and active, its method active. Of an
 * unknown, foreign or used one nothing is told: all three answer alike.
 */
export async function checkConfirmation(
  context: CoreContext,
  input: z.input<typeof checkInput>,
): Promise<z.output<typeof checkOutput>> {
  const parsed = parseInput(checkInput, input);
  requireServiceOrSubject(context.actor);
  const id = parseId('confirmation', parsed.id);
  if (id === null) return { available: false };
  const asked = { ...viewerOf(context.actor), id };
  const [[row], active] = await Promise.all([
    context.db.query(readConfirmation, asked),
    activeMethods(context),
  ]);
  if (!row || row.state === 'used') return { available: false };
  const isProvable = row.factor_in_force && methodOf(active, row) !== undefined;
  const confirmation = viewOf(row, { now: context.clock.now(), digits: digitsFor(context), isProvable });
  return { available: confirmation.isAvailable, confirmation };
}
