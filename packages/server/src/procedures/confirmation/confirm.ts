import { confirmationSchema } from '@countersign/core';
import { proofProcedure } from '../../trpc/procedure.ts';

/** Proves it. A wrong proof is a value: look at `status`. */
export const confirm = proofProcedure('confirmation.confirm')
  .input(confirmationSchema.confirmInput)
  .output(confirmationSchema.confirmationView)
  .mutation(({ ctx, input }) => ctx.core.confirmations().confirm(ctx.call, input));
