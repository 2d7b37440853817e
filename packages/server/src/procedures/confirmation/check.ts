import { confirmationSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Says whether it can be used now, and changes nothing. */
export const check = procedure('confirmation.check')
  .input(confirmationSchema.checkInput)
  .output(confirmationSchema.checkOutput)
  .query(({ ctx, input }) => ctx.core.confirmations().check(ctx.call, input));
