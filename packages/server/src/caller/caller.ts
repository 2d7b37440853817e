import type { Actor, Core, PresentedToken } from '@countersign/core';

/**
 * Who is at the door, by what they presented when they came.
 *
 * - `nobody`: nothing that proves anything; every call is `unauthenticated`
 * - `several`: more than one credential; which one counts is nobody's to guess, so every call is `invalid_input`
 * - `known`: vouched for by the host, or by the key that the settings name
 * - `key`: by a service key of the database, which is asked again on every call: it may be revoked
 * - `bearer`: by a scoped token, which is asked again on every call: it may end, and it allows some calls only
 */
export type Caller =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'several' }
  | { readonly kind: 'known'; readonly actor: Actor }
  | { readonly kind: 'key'; readonly actor: Actor; readonly keyId: string }
  | { readonly kind: 'bearer'; readonly actor: Actor; readonly presented: PresentedToken };

/** Nobody has proved anything: what these may do is the same everywhere. */
export const nobody: Caller = Object.freeze({ kind: 'nobody' });
export const several: Caller = Object.freeze({ kind: 'several' });

/** By whom a caller was found. An object that merely looks like one, out of a host's data, was found by nobody. */
const foundBy = new WeakMap<object, Core>();

function found(core: Core, caller: Caller): Caller {
  foundBy.set(caller, core);
  return Object.freeze(caller);
}

export function knownCaller(core: Core, actor: Actor): Caller {
  return found(core, { kind: 'known', actor });
}

export function keyCaller(core: Core, actor: Actor, keyId: string): Caller {
  return found(core, { kind: 'key', actor, keyId });
}

/** The token's text is no part of what a host sees when it logs its context. */
export function bearerCaller(core: Core, actor: Actor, presented: PresentedToken): Caller {
  const caller = { kind: 'bearer', actor } as const;
  return found(core, Object.defineProperty(caller, 'presented', { value: presented }) as Caller);
}

/** Whether it was found by this Countersign; what another in the same process has found says nothing here. */
export function isCaller(core: Core, given: object): given is Caller {
  return given === nobody || given === several || foundBy.get(given) === core;
}

/** In whose name a caller would act; null for who cannot. */
export function actorOf(caller: Caller): Actor | null {
  return 'actor' in caller ? caller.actor : null;
}
