import { authorizationRequestSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Calls a request off before anybody decided. */
export const cancel = procedure('authorizationRequest.cancel')
  .input(authorizationRequestSchema.cancelInput)
  .output(authorizationRequestSchema.authorizationRequestView)
  .mutation(({ ctx, input }) => ctx.core.authorizationRequest.cancel(ctx.call, input));
