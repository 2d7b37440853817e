import { authorizationRequestSchema } from '@countersign/core';
import { proofProcedure } from '../../trpc/procedure.ts';

/** Judges a proof and decides nothing. */
export const check = proofProcedure('authorizationRequest.check')
  .input(authorizationRequestSchema.checkInput)
  .output(authorizationRequestSchema.checkOutput)
  .mutation(({ ctx, input }) => ctx.core.authorizationRequest.check(ctx.call, input));
