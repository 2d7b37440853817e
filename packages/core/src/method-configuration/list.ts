import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { configuredMethods } from '../method/configured.ts';
import { parseInput } from '../parse.ts';
import { requireOperator } from '../permission.ts';
import { listInput, type listOutput } from './schema.ts';
import { viewOf } from './view.ts';

/**
 * The methods that this installation offers, the default among them; with `includeInactive` also those that are
 * switched off.
 *
 * @throws CountersignError `forbidden` when anybody but an operator asks for inactive ones.
 */
export async function listMethods(
  context: CoreContext,
  input: z.input<typeof listInput> = {},
): Promise<z.output<typeof listOutput>> {
  const { includeInactive = false } = parseInput(listInput, input);
  const { actor } = context;
  if (includeInactive) requireOperator(actor);
  const { methods, methodConfigurations } = context;
  return configuredMethods(methods, await methodConfigurations.current())
    .filter(({ isActive }) => isActive || includeInactive)
    .map((one) => viewOf(one, actor));
}
