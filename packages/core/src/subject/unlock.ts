import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireInstallation } from '../permission.ts';
import { unlockInput, type unlockOutput } from './schema.ts';
import { unlockFactor, unlockMethod, unlockSubject } from './statement/unlock.ts';

/**
 * Forgets the wrong proofs that lock a subject, or those of one factor or method. Whoever calls this has made sure by
 * other means who the person is: for a day's attacker it is worth twenty more guesses. Attempts of requests stay spent.
 *
 * @throws CountersignError `forbidden` for subjects and devices; `not_found` for a factor that is none of the subject's.
 */
export async function unlock(
  context: CoreContext,
  input: z.input<typeof unlockInput>,
): Promise<z.output<typeof unlockOutput>> {
  const parsed = parseInput(unlockInput, input);
  requireInstallation(context.actor);
  if (parsed.factorId !== undefined && parsed.method !== undefined)
    throw invalidInput(['method'], 'must be left out with factorId');
  return await once<never, z.output<typeof unlockOutput>>(context, 'operator.unlock', parsed, {
    write: async (writing) => ({ answer: { unlocked: await forget(writing, parsed) } }),
  });
}

async function forget(
  { db, clock, ...context }: CoreContext,
  { subjectId, factorId: givenId, method, context: passedAlong }: z.output<typeof unlockInput>,
): Promise<boolean> {
  const told = eventParametersOf({ ...context, db, clock }, clock.now(), passedAlong);
  if (givenId !== undefined) {
    const factorId = parseId('factor', givenId);
    if (factorId === null) throw new CountersignError('not_found');
    return (await db.query(unlockFactor, { ...told, subjectId, factorId })).length > 0;
  }
  if (method !== undefined) return (await db.query(unlockMethod, { ...told, subjectId, method })).length > 0;
  return (await db.query(unlockSubject, { ...told, subjectId })).length > 0;
}
