import { authorizationRequestSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Lists requests, newest first. */
export const list = procedure('authorizationRequest.list')
  .input(authorizationRequestSchema.listInput.default({}))
  .output(authorizationRequestSchema.listOutput)
  .query(({ ctx, input }) => ctx.core.authorizationRequest.list(ctx.call, input));
