import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { invalidInput } from '../error.ts';
import { configuredMethods } from '../method/configured.ts';
import { parseInput } from '../parse.ts';
import { requireServiceOrSubject } from '../permission.ts';
import { listInput, type listOutput } from './schema.ts';
import { listFactorsOfSubject } from './statement/read.ts';
import { factorViewOf } from './view.ts';

/**
 * What a subject can prove with, and what it has begun to enrol: the default one first, then the newest. A subject
 * sees its own; another's list is empty, as an unknown subject's is.
 *
 * @throws CountersignError `forbidden`; `invalid_input` when the service names no subject.
 */
export async function listFactors(
  context: CoreContext,
  input: z.input<typeof listInput> = {},
): Promise<z.output<typeof listOutput>> {
  const { subjectId: asked } = parseInput(listInput, input);
  const { actor } = context;
  requireServiceOrSubject(actor);
  const own = actor.kind === 'subject' ? actor.subjectId : undefined;
  const subjectId = asked ?? own;
  if (subjectId === undefined) throw invalidInput(['subjectId'], 'is required');
  if (own !== undefined && subjectId !== own) return [];
  const methods = configuredMethods(context.methods, await context.methodConfigurations.current());
  const rows = await context.db.query(listFactorsOfSubject, { subjectId });
  return rows.map((row) => factorViewOf(row, methods));
}
