import type { Actor, PresentedToken } from '@countersign/core';

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

/** Made here and nowhere else: an object that merely looks like one, out of a host's data, is none. */
const genuine = new WeakSet<object>();

function make(caller: Caller): Caller {
  genuine.add(caller);
  return caller;
}

export const nobody = make({ kind: 'nobody' });
export const several = make({ kind: 'several' });

export function knownCaller(actor: Actor): Caller {
  return make({ kind: 'known', actor });
}

export function keyCaller(actor: Actor, keyId: string): Caller {
  return make({ kind: 'key', actor, keyId });
}

export function bearerCaller(actor: Actor, presented: PresentedToken): Caller {
  return make({ kind: 'bearer', actor, presented });
}

export function isCaller(given: object): given is Caller {
  return genuine.has(given);
}

/** In whose name a caller would act; null for who cannot. */
export function actorOf(caller: Caller): Actor | null {
  return 'actor' in caller ? caller.actor : null;
}
