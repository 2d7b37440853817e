import { factorSchema } from '@countersign/core';
import { proofProcedure } from '../../trpc/procedure.ts';

/** Brings into force what waits, by its own proof. */
export const confirm = proofProcedure('factor.confirm')
  .input(factorSchema.confirmInput)
  .output(factorSchema.factorView)
  .mutation(({ ctx, input }) => ctx.core.factors.confirm(ctx.call, input));
