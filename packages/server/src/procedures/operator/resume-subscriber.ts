import { subscriberSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Lets a parked subscriber try again, or pass over the event that failed. */
export const resumeSubscriber = procedure('operator.resumeSubscriber')
  .input(subscriberSchema.resumeInput)
  .output(subscriberSchema.subscriberView)
  .mutation(({ ctx, input }) => ctx.core.subscriber.resumeSubscriber(ctx.call, input));
