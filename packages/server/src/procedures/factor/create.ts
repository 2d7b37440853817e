import { factorSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Adds a way to prove. It proves nothing before it is confirmed. */
export const create = procedure('factor.create')
  .input(factorSchema.createInput)
  .output(factorSchema.createOutput)
  .mutation(({ ctx, input }) => ctx.core.factors.create(ctx.call, input));
