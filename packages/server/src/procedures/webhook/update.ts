import { webhookSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Changes an endpoint, or switches it off or on. */
export const update = procedure('webhook.update')
  .input(webhookSchema.updateInput)
  .output(webhookSchema.endpointView)
  .mutation(({ ctx, input }) => ctx.core.webhook.update(ctx.call, input));
