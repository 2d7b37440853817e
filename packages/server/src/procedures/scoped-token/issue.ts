import { scopedTokenSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Issues a token; to a subject only what its own already opens. */
export const issue = procedure('scopedToken.issue')
  .input(scopedTokenSchema.issueInput)
  .output(scopedTokenSchema.issueOutput)
  .mutation(({ ctx, input }) => ctx.core.scopedToken.issue(ctx.call, input));
