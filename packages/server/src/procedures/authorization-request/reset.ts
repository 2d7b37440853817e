import { authorizationRequestSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Voids the codes so far and asks anew. Attempts are not refilled. */
export const reset = procedure('authorizationRequest.reset')
  .input(authorizationRequestSchema.resetInput)
  .output(authorizationRequestSchema.resetOutput)
  .mutation(({ ctx, input }) => ctx.core.authorizationRequest.reset(ctx.call, input));
