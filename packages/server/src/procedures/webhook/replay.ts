import { webhookSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Sends once more: one delivery, or what the log holds for an endpoint. */
export const replay = procedure('webhook.replay')
  .input(webhookSchema.replayInput)
  .output(webhookSchema.replayOutput)
  .mutation(({ ctx, input }) => ctx.core.webhook.replay(ctx.call, input));
