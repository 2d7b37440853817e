import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.ts';
import { isLocalName } from './local-names.ts';
import type { Resolve } from './resolve.ts';
import type { Target } from './target.ts';

/** The addresses that one try may connect to, all of them judged; or why there is none. */
export type Route = readonly [LookupAddress, ...LookupAddress[]] | 'address_refused' | 'name_not_resolved';

export interface RouteOptions {
  readonly resolve: Resolve;
  readonly standingOf: AddressGuard;
  /** Names of the operator's own network are asked for too: its addresses decide. */
  readonly knowsLocalNames: boolean;
}

/**
 * Resolves once and judges every address: one that is refused refuses the name, since whoever has such a name says by
 * it that they may want the other one. A name that does not resolve is not sent to at all: the connection would
 * resolve it again, and nobody would judge that (bug 39 of the list in docs/threat-model.md).
 */
export async function findRoute(
  target: Target,
  { resolve, standingOf, knowsLocalNames }: RouteOptions,
  signal: AbortSignal,
): Promise<Route> {
  if (!target.isAddress && !knowsLocalNames && isLocalName(target.host)) return 'address_refused';
  const addresses = target.isAddress ? [target.host] : await resolved(target.host, resolve, signal);
  const [first, ...others] = addresses.map((address) => ({ address, family: isIP(address) }));
  if (first === undefined) return 'name_not_resolved';
  // Without encryption anybody on the way reads it, so it stays in the operator's own networks.
  const accepted = target.isEncrypted ? ['public', 'allowed'] : ['allowed'];
  return addresses.every((address) => accepted.includes(standingOf(address)))
    ? [first, ...others]
    : 'address_refused';
}

/** A resolver may not hear the signal, so it is not waited for. */
async function resolved(name: string, resolve: Resolve, signal: AbortSignal): Promise<readonly string[]> {
  const stopped = once(signal, 'abort').then(() => []);
  try {
    return await Promise.race([resolve(name, signal), stopped]);
  } catch {
    return [];
  }
}
