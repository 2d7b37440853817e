import { subscriberSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Moves a subscriber back in the log, or forward. */
export const replaySubscriber = procedure('operator.replaySubscriber')
  .input(subscriberSchema.replayInput)
  .output(subscriberSchema.subscriberView)
  .mutation(({ ctx, input }) => ctx.core.subscriber.replaySubscriber(ctx.call, input));
