import { CountersignError } from '@countersign/core';
import { t } from '../trpc/trpc.ts';

/**
 * Opens core for this call, in the name of the actor. Per call and not per connection: an actor can lose
 * its rights while a connection stays open. A WebSocket names its actor once; every call over it comes by
 * here, so this is where a credential that can end is looked at again.
 *
 * @throws CountersignError `unauthenticated` when nobody proved who is calling.
 */
export const requireActor = t.middleware(async ({ ctx, next }) => {
  const { actor, core } = ctx.countersign;
  if (actor === null) throw new CountersignError('unauthenticated');
  return next({ ctx: { core, call: core.context(actor) } });
});
