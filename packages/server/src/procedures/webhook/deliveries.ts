import { webhookSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Lists what was sent and what is owed, newest first. */
export const deliveries = procedure('webhook.deliveries')
  .input(webhookSchema.deliveriesInput.default({}))
  .output(webhookSchema.deliveriesOutput)
  .query(({ ctx, input }) => ctx.core.webhook.deliveries(ctx.call, input));
