import { factorSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Takes a way to prove away, for good. */
export const remove = procedure('factor.remove')
  .input(factorSchema.removeInput)
  .output(factorSchema.removeOutput)
  .mutation(({ ctx, input }) => ctx.core.factors.remove(ctx.call, input));
