import { CountersignError } from '@countersign/core';
import { actorOf } from '../caller/caller.ts';
import type { Edge } from '../context.ts';
import { isOurPath } from './our-paths.ts';

/** Of a host's own procedure: a token's scope names it by its whole path. */
export interface HostCall {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly path: string;
  /** Whether the token may carry a granted request that pays. */
  readonly isPayable: boolean;
}

/**
 * Who may call a procedure of a host's at all: whom its own session names, a service, or a token whose scope lists it.
 *
 * @throws CountersignError `unauthenticated`, `forbidden`, `insufficient_scope`.
 */
export async function enterAsHost(edge: Edge, call: HostCall): Promise<void> {
  const { caller, credentials } = edge;
  // An operator runs the installation and acts for no subject: a host that reads "no subject" as a service is right.
  if (actorOf(caller)?.kind === 'operator') throw new CountersignError('forbidden');
  if (caller.kind !== 'bearer') return await credentials.assertCaller(caller, call.type);
  if (isOurPath(call.path)) throw new CountersignError('internal', { cause: new PathTakenError(call.path) });
  await credentials.admit(caller.presented, call);
}

/** A grant of ours would open the host's as well. */
class PathTakenError extends Error {
  override readonly name = 'PathTakenError';

  constructor(path: string) {
    super(
      `No token can open "${path}": the procedures of Countersign begin like that. Give the router another key.`,
    );
  }
}
