import { webhookSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Sends one test message to one endpoint; the answer is what came of it. */
export const test = procedure('webhook.test')
  .input(webhookSchema.testInput)
  .output(webhookSchema.testOutput)
  .mutation(({ ctx, input }) => ctx.core.webhook.test(ctx.call, input));
