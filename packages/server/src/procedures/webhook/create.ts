import { webhookSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Begins to send events to an address, and shows the secret that signs them once. */
export const create = procedure('webhook.create')
  .input(webhookSchema.createInput)
  .output(webhookSchema.createOutput)
  .mutation(({ ctx, input }) => ctx.core.webhook.create(ctx.call, input));
