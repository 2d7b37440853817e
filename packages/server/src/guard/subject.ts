import { CountersignError, type Actor } from '@countersign/core';

/**
 * Nobody but a subject can consent, so nobody else runs what is guarded: also not where a condition says that nobody has
 * to be asked. A session is needed for an authorization, and not for such a call.
 *
 * @throws CountersignError `forbidden`
 */
export function assertSubject(actor: Actor): void {
  if (actor.kind !== 'subject') throw new CountersignError('forbidden');
}
