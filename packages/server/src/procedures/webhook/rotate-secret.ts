import { webhookSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Gives an endpoint another secret; for a while both sign. */
export const rotateSecret = procedure('webhook.rotateSecret')
  .input(webhookSchema.rotateSecretInput)
  .output(webhookSchema.rotateSecretOutput)
  .mutation(({ ctx, input }) => ctx.core.webhook.rotateSecret(ctx.call, input));
