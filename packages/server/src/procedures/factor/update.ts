import { factorSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Changes a way to prove. What matters to its proofs waits for a confirmation. */
export const update = procedure('factor.update')
  .input(factorSchema.updateInput)
  .output(factorSchema.updateOutput)
  .mutation(({ ctx, input }) => ctx.core.factors.update(ctx.call, input));
