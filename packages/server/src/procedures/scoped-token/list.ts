import { scopedTokenSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** The tokens that were issued, newest first. */
export const list = procedure('scopedToken.list')
  .input(scopedTokenSchema.listInput.default({}))
  .output(scopedTokenSchema.listOutput)
  .query(({ ctx, input }) => ctx.core.scopedToken.list(ctx.call, input));
