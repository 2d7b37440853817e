import { subscriberSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** Forgets a subscriber that no program has any more. */
export const removeSubscriber = procedure('operator.removeSubscriber')
  .input(subscriberSchema.removeInput)
  .output(subscriberSchema.removeOutput)
  .mutation(({ ctx, input }) => ctx.core.subscriber.removeSubscriber(ctx.call, input));
