import { subscriberSchema } from '@countersign/core';
import { procedure } from '../../trpc/procedure.ts';

/** The durable subscribers: where each stands in the log, and what holds it up. */
export const subscribers = procedure('operator.subscribers')
  .input(subscriberSchema.listInput)
  .output(subscriberSchema.listOutput)
  .query(({ ctx, input }) => ctx.core.subscriber.listSubscribers(ctx.call, input));
