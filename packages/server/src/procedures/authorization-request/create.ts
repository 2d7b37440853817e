import { authorizationRequestSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Asks for an authorization. */
export const create = procedure('authorizationRequest.create')
  .input(authorizationRequestSchema.createInput)
  .output(authorizationRequestSchema.authorizationRequestView)
  .mutation(({ ctx, input }) => ctx.core.authorizationRequest.create(ctx.call, input));
