import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { nameOfOperator, requireOperator } from '../permission.ts';
import { oneAfterAnother } from './one-after-another.ts';
import { removeInput, type removeOutput } from './schema.ts';
import { deleteConfiguration } from './statement/delete.ts';

/**
 * Forgets what was configured, for ever. A method that code has registered is what code makes of it again: active,
 * under its own title, with nothing configured; to take it away, switch it off. A further configuration is gone, and
 * with it whatever subjects have enrolled by it: those factors can prove nothing any more.
 *
 * @throws CountersignError `forbidden` for all but an operator; `not_found` for what nobody configured.
 */
export async function removeMethod(
  context: CoreContext,
  input: z.input<typeof removeInput>,
): Promise<z.output<typeof removeOutput>> {
  const parsed = parseInput(removeInput, input);
  const { actor, logger } = context;
  requireOperator(actor);
  const id = parseId('method', parsed.id);
  if (id === null) throw new CountersignError('not_found');
  return await once(context, 'method.remove', parsed, {
    write: async (within) => {
      const [gone] = await oneAfterAnother(within, async (db) => await db.query(deleteConfiguration, { id }));
      if (!gone) throw new CountersignError('not_found');
      return {
        answer: { removed: true },
        isNews: false,
        afterCommit: async () => {
          logger.info({ methodId: parsed.id, by: nameOfOperator(actor) }, 'a configured method was removed');
          await context.methodConfigurations.refresh();
        },
      };
    },
  });
}
