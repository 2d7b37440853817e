import { eventStreamInput, eventView } from '@countersign/core';
import { streamProcedure } from '../../trpc/procedure.ts';
import { trackedOutput } from '../../trpc/tracked-output.ts';
import { trackedStream } from '../../trpc/tracked-stream.ts';

/** The log as it is written. */
export const stream = streamProcedure('event.stream')
  .input(eventStreamInput.default({}))
  .output(trackedOutput(eventView))
  .subscription(async (call) => {
    const { ctx, input, signal } = call;
    return trackedStream(await ctx.core.event.stream(ctx.call, input, { signal: ctx.ends ?? signal }), call);
  });
