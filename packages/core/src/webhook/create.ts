import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { invalidInput } from '../error.ts';
import { logEnd } from '../event/read.ts';
import { registerSubscriber } from '../event/subscriber/statement/register.ts';
import { once } from '../idempotency/once.ts';
import { parseInput } from '../parse.ts';
import { nameOfOperator, requireOperator } from '../permission.ts';
import { fanOutName } from './fan-out.ts';
import { requireUrl } from './require-url.ts';
import { createInput, type createOutput } from './schema.ts';
import { makeSecret, sealSecrets } from './secret.ts';
import type { WebhookOptions } from './settings.ts';
import { insertEndpoint } from './statement/endpoint.ts';
import { endpointViewOf } from './view.ts';

type Created = z.output<typeof createOutput>;

/** Each may hold eight connections open on each node. */
const endpointsMax = 64;

/**
 * Begins to send events to an address: those that happen from now on. Its secret is answered once and kept sealed: a
 * repetition by the same idempotency key gets `secret: null`; who has lost it rotates it.
 *
 * @example
 * ```ts
 * const operator = core.context({ kind: 'operator' });
 * const { id, secret } = await core.webhook.create(operator, { url: 'https://ledger.example/countersign' });
 * ```
 * @throws CountersignError `forbidden` for all but an operator, `invalid_input`.
 */
export async function createWebhook(
  context: CoreContext,
  options: WebhookOptions | undefined,
  input: z.input<typeof createInput>,
): Promise<Created> {
  const parsed = parseInput(createInput, input);
  const { actor, logger } = context;
  requireOperator(actor);
  const url = requireUrl(options, parsed.url);
  const { description = null, types = null, slug = null } = parsed;
  return await once(context, 'webhook.create', parsed, {
    write: async ({ db, clock, ids, keys, randomness }) => {
      const now = clock.now();
      const id = ids.uuid();
      const secret = makeSecret(randomness);
      const [row] = await db.query(insertEndpoint, {
        id,
        url,
        description,
        types,
        slug,
        now,
        endpointsMax,
        secrets: sealSecrets(keys, randomness, id, { current: secret, previous: null }),
        by: nameOfOperator(actor),
      });
      if (!row) throw invalidInput([], `must not be more than ${endpointsMax} endpoints: remove one first`);
      // Where no process has ever sent, the first one that does would begin at its own start.
      await db.query(registerSubscriber, { name: fanOutName, ...(await logEnd(db)), now });
      const answer: Created = { ...endpointViewOf(row, now), secret };
      return {
        answer,
        repeated: { ...answer, secret: null },
        isNews: false,
        afterCommit: async () => {
          logger.info({ endpointId: answer.id, by: answer.createdBy }, 'a webhook endpoint was created');
        },
      };
    },
  });
}
