import type { Actor } from './actor.ts';
import { CountersignError } from './error.ts';

/** Only the service. An operator manages the installation; it acts for no subject. */
export function requireService(actor: Actor): void {
  if (actor.kind !== 'service') throw new CountersignError('forbidden');
}

/** The service or the subject itself; a device only reads, grants and denies (the contract, §3). */
export function requireServiceOrSubject(actor: Actor): void {
  if (actor.kind !== 'service' && actor.kind !== 'subject') throw new CountersignError('forbidden');
}

/** Whoever may take part in a request: everybody but an operator. */
export function requireParty(actor: Actor): void {
  if (actor.kind === 'operator') throw new CountersignError('forbidden');
}

/** Who runs the installation: the service or an operator. */
export function requireInstallation(actor: Actor): void {
  if (actor.kind !== 'service' && actor.kind !== 'operator') throw new CountersignError('forbidden');
}
