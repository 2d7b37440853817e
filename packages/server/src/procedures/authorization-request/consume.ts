import { authorizationRequestSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Uses a grant, once, for exactly the data it was given for. */
export const consume = procedure('authorizationRequest.consume')
  .input(authorizationRequestSchema.consumeInput)
  .output(authorizationRequestSchema.consumeOutput)
  .mutation(({ ctx, input }) => ctx.core.authorizationRequest.consume(ctx.call, input));
