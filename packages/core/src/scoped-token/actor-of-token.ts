import type { Actor } from '../actor.ts';
import { parseId } from '../id.ts';
import type { AcceptedToken } from './cst1/accepted-token.ts';

/**
 * In whose name a token acts: its subject, in its session; or one device of the subject, when the session is the
 * id of that device's factor (the contract, §3).
 *
 * A token says no other way that it is a device's, and needs none: the session stands in the authority, which only
 * the service writes and no block can change, and `fact_` with 26 characters in their one spelling is a name that
 * nobody else gives to a session. A device may do less than its subject, and sees the requests of every session; so
 * a host must not let a browser choose the name of its session.
 *
 * @example
 * ```ts
 * const verdict = await core.scopedToken.verifier.verify(token, { carrier: 'h' });
 * if (verdict.ok) core.context(actorOfToken(verdict), { text: token, accepted: verdict });
 * ```
 */
export function actorOfToken({ subjectId, sessionId }: AcceptedToken): Actor {
  return sessionId !== null && isFactorId(sessionId)
    ? { kind: 'device', subjectId, factorId: sessionId }
    : { kind: 'subject', subjectId, sessionId };
}

/** Whether a session is a device's. */
export function isFactorId(sessionId: string): boolean {
  return parseId('factor', sessionId) !== null;
}
