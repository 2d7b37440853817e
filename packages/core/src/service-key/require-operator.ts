import type { Actor } from '../actor.ts';
import { CountersignError } from '../error.ts';

/** Only an operator: a service that could make keys could make itself one. */
export function requireOperator(actor: Actor): asserts actor is Extract<Actor, { kind: 'operator' }> {
  if (actor.kind !== 'operator') throw new CountersignError('forbidden');
}

/** Who made or revoked a key, as its row says it. */
export function nameOfOperator({ kind, keyId }: Extract<Actor, { kind: 'operator' }>): string {
  return keyId === undefined ? kind : `${kind}:${keyId}`;
}
