import { scopedTokenSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** What a token says, if it is in force. A mutation, so that no token is ever in a URL. */
export const introspect = procedure('scopedToken.introspect')
  .input(scopedTokenSchema.introspectInput)
  .output(scopedTokenSchema.introspectOutput)
  .mutation(({ ctx, input }) => ctx.core.scopedToken.introspect(ctx.call, input));
