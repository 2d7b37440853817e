import { authorizationRequestSchema } from '@countersign/core';
import { proofProcedure } from '../../trpc/procedure.ts';

/** Grants a request by a right proof. A wrong one is a value: `{ granted: false }`. */
export const grant = proofProcedure('authorizationRequest.grant')
  .input(authorizationRequestSchema.grantInput)
  .output(authorizationRequestSchema.grantOutput)
  .mutation(({ ctx, input }) => ctx.core.authorizationRequest.grant(ctx.call, input));
