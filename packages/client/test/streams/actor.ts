import type { Actor } from '@countersign/core';

/** Who reads or calls in these tests, and the token that says so. */
export const tokens = {
  service: 'service',
  ada: 'ada',
  adaInSession1: 'ada.session-1',
  adaInSession2: 'ada.session-2',
  grace: 'grace.session-1',
} as const;

/** A stand-in for tokens of subjects: `Bearer service`, `Bearer ada`, `Bearer ada.session-1`. Anything else is nobody. */
export function actorOfToken(authorization: string | null | undefined): Actor | null {
  const [, name, sessionId = null] = /^Bearer (\w+)(?:\.([\w-]+))?$/.exec(authorization ?? '') ?? [];
  if (name === undefined) return null;
  return name === 'service' ? { kind: 'service' } : { kind: 'subject', subjectId: name, sessionId };
}
