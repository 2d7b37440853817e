import { webhookSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Lists all endpoints, newest first. */
export const list = procedure('webhook.list')
  .input(webhookSchema.listInput.default({}))
  .output(webhookSchema.listOutput)
  .query(({ ctx, input }) => ctx.core.webhook.list(ctx.call, input));
