import { CountersignError, type CoreContext } from '@countersign/core';
import type { Edge } from '../context.ts';

/**
 * Opens core for this call, in the name of the actor. Per call and not per connection: an actor can lose
 * its rights while a connection stays open. A WebSocket names its actor once; every call over it comes by
 * here, so this is where a credential that can end is looked at again.
 *
 * @throws CountersignError `unauthenticated` when nobody proved who is calling.
 */
export function requireActor({ actor, core }: Edge): CoreContext {
  if (actor === null) throw new CountersignError('unauthenticated');
  return core.context(actor);
}
