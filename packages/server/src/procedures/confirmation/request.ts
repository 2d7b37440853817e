import { confirmationSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Asks that somebody proves something. */
export const request = procedure('confirmation.request')
  .input(confirmationSchema.requestInput)
  .output(confirmationSchema.confirmationView)
  .mutation(({ ctx, input }) => ctx.core.confirmations().request(ctx.call, input));
