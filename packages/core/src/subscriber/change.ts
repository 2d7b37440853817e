import type { CoreContext } from '../context.ts';
import { CountersignError } from '../error.ts';
import { once } from '../idempotency/once.ts';
import { requireInstallation } from '../permission.ts';
import type { SubscriberView } from './schema.ts';
import { listSubscriberRows } from './statement/list.ts';
import { viewOf } from './view.ts';

/** What operators' changes have in common: who may, once per key, said in the log, answered with how it stands now. */
export async function changeSubscriber(
  context: CoreContext,
  procedure: string,
  input: { readonly name: string; readonly idempotencyKey?: string | undefined },
  change: (context: CoreContext) => Promise<readonly unknown[]>,
): Promise<SubscriberView> {
  const { actor, logger } = context;
  requireInstallation(actor);
  const { name } = input;
  return await once<never, SubscriberView>(context, procedure, input, {
    write: async (writing) => {
      if ((await change(writing)).length === 0) throw new CountersignError('not_found');
      const [row] = await writing.db.query(listSubscriberRows, { name });
      if (!row) throw new CountersignError('not_found');
      logger.info({ subscriber: name, by: actor.kind, procedure }, 'a subscriber was changed by hand');
      return { answer: viewOf(row, writing.clock.now()) };
    },
  });
}
