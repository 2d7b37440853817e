import { methodSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** The ways of proving that this installation offers. */
export const list = procedure('method.list')
  .input(methodSchema.listInput.default({}))
  .output(methodSchema.listOutput)
  .query(({ ctx, input }) => ctx.core.method.list(ctx.call, input));
