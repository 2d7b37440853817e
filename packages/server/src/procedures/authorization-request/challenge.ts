import { authorizationRequestSchema, challengeView } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Asks for a proof by one method; asked again, sends again. */
export const challenge = procedure('authorizationRequest.challenge')
  .input(authorizationRequestSchema.challengeInput)
  .output(challengeView)
  .mutation(({ ctx, input }) => ctx.core.authorizationRequest.challenge(ctx.call, input));
