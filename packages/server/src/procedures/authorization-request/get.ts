import { authorizationRequestSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Reads one request. */
export const get = procedure('authorizationRequest.get')
  .input(authorizationRequestSchema.getInput)
  .output(authorizationRequestSchema.authorizationRequestView)
  .query(({ ctx, input }) => ctx.core.authorizationRequest.get(ctx.call, input));
