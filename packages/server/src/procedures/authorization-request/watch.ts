import { authorizationRequestSchema } from '@countersign/core';
import { streamProcedure } from '../../trpc/procedure.ts';
import { trackedOutput } from '../../trpc/tracked-output.ts';
import { trackedStream } from '../../trpc/tracked-stream.ts';

/** One request as it is, and what happens to it. */
export const watch = streamProcedure('authorizationRequest.watch')
  .input(authorizationRequestSchema.watchInput)
  .output(trackedOutput(authorizationRequestSchema.watchEvent))
  .subscription(async (call) => {
    const { ctx, input, signal } = call;
    return trackedStream(
      await ctx.core.authorizationRequest.watch(ctx.call, input, { signal: ctx.ends ?? signal }),
      call,
    );
  });
