import type { z } from 'zod';
import type { CoreContext } from '../../context.ts';
import { invalidInput } from '../../error.ts';
import { deviceViewOf } from '../../factor/view.ts';
import { configuredMethods } from '../../method/configured.ts';
import { parseInput } from '../../parse.ts';
import { requireParty } from '../../permission.ts';
import { listInput, type listOutput } from './schema.ts';
import { listDevicesOfSubject } from './statement/read.ts';

/**
 * A subject's devices, the primary one first, then the newest. A subject and its devices see its own; another's list is
 * empty, as an unknown subject's is.
 *
 * @throws CountersignError `forbidden`; `invalid_input` when the service names no subject.
 */
export async function listDevices(
  context: CoreContext,
  input: z.input<typeof listInput> = {},
): Promise<z.output<typeof listOutput>> {
  const { subjectId: asked } = parseInput(listInput, input);
  const { actor } = context;
  requireParty(actor);
  const own = actor.kind === 'subject' || actor.kind === 'device' ? actor.subjectId : undefined;
  const subjectId = asked ?? own;
  if (subjectId === undefined) throw invalidInput(['subjectId'], 'is required');
  if (own !== undefined && subjectId !== own) return [];
  const methods = configuredMethods(context.methods, await context.methodConfigurations.current());
  const rows = await context.db.query(listDevicesOfSubject, { subjectId });
  return rows.map((row) => deviceViewOf(row, methods));
}
