import { confirmationSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Uses it, once, for exactly what it was given for. */
export const use = procedure('confirmation.use')
  .input(confirmationSchema.useInput)
  .output(confirmationSchema.useOutput)
  .mutation(({ ctx, input }) => ctx.core.confirmations().use(ctx.call, input));
