import { factorSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** What a subject can prove with, and what it has begun to enrol. */
export const list = procedure('factor.list')
  .input(factorSchema.listInput.default({}))
  .output(factorSchema.listOutput)
  .query(({ ctx, input }) => ctx.core.factors.list(ctx.call, input));
