import { methodSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Forgets what was configured of a method. */
export const remove = procedure('method.remove')
  .input(methodSchema.removeInput)
  .output(methodSchema.removeOutput)
  .mutation(({ ctx, input }) => ctx.core.method.remove(ctx.call, input));
