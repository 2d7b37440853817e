import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { eventParametersOf } from '../event/parameters.ts';
import { parseId } from '../id.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { requireOperator } from '../permission.ts';
import { requireUrl } from './require-url.ts';
import { updateInput, type EndpointView } from './schema.ts';
import type { WebhookOptions } from './settings.ts';
import { updateEndpoint } from './statement/update.ts';
import { endpointViewOf } from './view.ts';

/**
 * Changes an endpoint; what is not given stays. A filter counts for what happens from now on, an address for every try
 * from now on. Switched off, what is owed is cancelled; switched on again, it gets what happens from then on.
 *
 * @throws CountersignError `forbidden`; `not_found` for an id that is none; `invalid_input`.
 */
export async function updateWebhook(
  context: CoreContext,
  options: WebhookOptions | undefined,
  input: z.input<typeof updateInput>,
): Promise<EndpointView> {
  const parsed = parseInput(updateInput, input);
  requireOperator(context.actor);
  const url = parsed.url === undefined ? null : requireUrl(options, parsed.url);
  const id = parseId('webhook', parsed.id);
  if (id === null) throw new CountersignError('not_found');
  const { description, types, slug, isActive } = parsed;
  return await once(context, 'webhook.update', parsed, {
    write: async (writing) => {
      const now = writing.clock.now();
      const [row] = await writing.db.query(updateEndpoint, {
        ...eventParametersOf(writing, now, undefined),
        id,
        url,
        setsDescription: description !== undefined,
        description: description ?? null,
        setsTypes: types !== undefined,
        types: types ?? null,
        setsSlug: slug !== undefined,
        slug: slug ?? null,
        isActive: isActive ?? null,
      });
      if (!row) throw new CountersignError('not_found');
      return { answer: endpointViewOf(row, now) };
    },
  });
}
