import { authorizationRequestSchema } from '@countersign/core';
import { assertFirstOfBatch } from '../../middleware/refuse-batched-proof.ts';
import { procedure } from '../../trpc/procedure.ts';

/** Refuses a request for good. */
export const deny = procedure('authorizationRequest.deny')
  .input(authorizationRequestSchema.denyInput)
  .output(authorizationRequestSchema.authorizationRequestView)
  .use(({ input, batchIndex, next }) => {
    if (input.proof !== undefined) assertFirstOfBatch(batchIndex);
    return next();
  })
  .mutation(({ ctx, input }) => ctx.core.authorizationRequest.deny(ctx.call, input));
