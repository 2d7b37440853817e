import { CountersignError, type CoreContext } from '@countersign/core';
import { severalCredentials } from '../caller/several-credentials.ts';
import type { ProcedureCall } from '../caller/credential-gate.ts';
import type { Edge } from '../context.ts';

/**
 * Opens core for this call, in the name of the actor. Per call and not per connection: an actor can lose
 * its rights while a connection stays open. A WebSocket names its caller once; every call over it comes by
 * here, so this is where a token is asked again.
 *
 * @throws CountersignError `unauthenticated` when nobody proved who is calling, or a token has ended;
 * `invalid_input` for several credentials; `insufficient_scope`.
 */
export async function requireActor(
  { caller, core, credentials }: Edge,
  call: ProcedureCall,
): Promise<CoreContext> {
  switch (caller.kind) {
    case 'nobody':
      throw new CountersignError('unauthenticated');
    case 'several':
      throw severalCredentials();
    case 'known':
      return core.context(caller.actor);
    case 'key':
      await credentials.assertCaller(caller, call.type);
      return core.context(caller.actor);
    case 'bearer':
      await credentials.admit(caller.presented, { ...call, isOurs: true });
      return core.context(caller.actor, caller.presented);
  }
}
