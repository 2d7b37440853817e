import { CountersignError, type Actor, type Core } from '@countersign/core';
import { acceptActor } from '../../caller/accept-actor.ts';
import { isCaller, type Caller } from '../../caller/caller.ts';
import type { CredentialGate } from '../../caller/credential-gate.ts';
import { severalCredentials } from '../../caller/several-credentials.ts';
import type { RequestAuth } from '../../rest/request-auth.ts';

/**
 * Who calls, as a host says it: whom its own session names; `auth` of `cs.rest`, which has asked the token whether it
 * opens this route; or what `cs.authenticate` has found.
 */
export type HttpActor = Actor | RequestAuth | Caller | null | undefined;

interface ActorOptions {
  readonly core: Core;
  readonly credentials: CredentialGate;
}

/**
 * The one who asks for a guarded route.
 *
 * @throws CountersignError `unauthenticated` for nobody, `forbidden` for a device, whose holder nobody has signed in;
 * `insufficient_scope` for a token that no `cs.rest` has let through: what it opens was not asked.
 */
export async function actorOfRequest(
  { core, credentials }: ActorOptions,
  given: HttpActor,
  route: { readonly method: string; readonly path: string },
): Promise<Actor> {
  if (given === null || given === undefined) throw new CountersignError('unauthenticated');
  if (isCaller(core, given)) return await actorOfCaller({ core, credentials }, given, route);
  if ('token' in given && given.kind === 'device') throw new CountersignError('forbidden');
  const actor = acceptActor(given as Actor);
  if (actor === null) throw new CountersignError('unauthenticated');
  return actor;
}

async function actorOfCaller(
  { core, credentials }: ActorOptions,
  caller: Caller,
  { method, path }: { readonly method: string; readonly path: string },
): Promise<Actor> {
  switch (caller.kind) {
    case 'nobody':
      throw new CountersignError('unauthenticated');
    case 'several':
      throw severalCredentials();
    case 'bearer':
      core.scopedToken.reject(caller.presented.accepted, { reason: 'out_of_scope', type: method, path });
      throw new CountersignError('insufficient_scope');
    case 'known':
    case 'key':
      await credentials.assertCaller(caller, 'mutation');
      return caller.actor;
  }
}
