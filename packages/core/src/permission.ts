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

type Operator = Extract<Actor, { kind: 'operator' }>;

/** Only an operator: a service that could make keys, or configure methods, could make itself one. */
export function requireOperator(actor: Actor): asserts actor is Operator {
  if (actor.kind !== 'operator') throw new CountersignError('forbidden');
}

/** Which operator did it, as rows and the log say it. */
export function nameOfOperator({ kind, keyId }: Operator): string {
  return keyId === undefined ? kind : `${kind}:${keyId}`;
}
