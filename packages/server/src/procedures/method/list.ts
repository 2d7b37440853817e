import { methodListInput, methodListOutput } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** The ways of proving that this installation offers. */
export const list = procedure('method.list')
  .input(methodListInput.default({}))
  .output(methodListOutput)
  .query(({ ctx }) => ctx.core.method.list(ctx.call));
