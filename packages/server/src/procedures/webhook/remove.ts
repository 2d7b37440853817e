import { webhookSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Takes an endpoint away, with its secrets. */
export const remove = procedure('webhook.remove')
  .input(webhookSchema.removeInput)
  .output(webhookSchema.removeOutput)
  .mutation(({ ctx, input }) => ctx.core.webhook.remove(ctx.call, input));
