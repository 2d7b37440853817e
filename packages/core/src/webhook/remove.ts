import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { nameOfOperator, requireOperator } from '../permission.ts';
import { removeInput, type removeOutput } from './schema.ts';
import { deleteEndpoint } from './statement/endpoint.ts';

/**
 * Takes an endpoint away, with its secrets. What is owed to it is cancelled; what was sent stays in the list of
 * deliveries for as long as deliveries are kept.
 *
 * @throws CountersignError `forbidden`; `not_found` for an id that is none.
 */
export async function removeWebhook(
  context: CoreContext,
  input: z.input<typeof removeInput>,
): Promise<z.output<typeof removeOutput>> {
  const parsed = parseInput(removeInput, input);
  const { actor, logger } = context;
  requireOperator(actor);
  const id = parseId('webhook', parsed.id);
  if (id === null) throw new CountersignError('not_found');
  const by = nameOfOperator(actor);
  return await once<never, z.output<typeof removeOutput>>(context, 'webhook.remove', parsed, {
    write: async ({ db }) => {
      const [removed] = await db.query(deleteEndpoint, { id });
      if (!removed) throw new CountersignError('not_found');
      return {
        answer: { removed: true },
        isNews: false,
        afterCommit: async () => {
          logger.info({ endpointId: parsed.id, by }, 'a webhook endpoint was removed');
        },
      };
    },
  });
}
