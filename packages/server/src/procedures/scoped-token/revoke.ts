import { scopedTokenSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Ends tokens before their time. */
export const revoke = procedure('scopedToken.revoke')
  .input(scopedTokenSchema.revokeInput)
  .output(scopedTokenSchema.revokeOutput)
  .mutation(({ ctx, input }) => ctx.core.scopedToken.revoke(ctx.call, input));
