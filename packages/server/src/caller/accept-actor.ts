import type { Actor } from '@countersign/core';
import { z } from 'zod';

const id = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => value.isWellFormed() && !value.includes('\u0000'));

const acceptable = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('service'), keyId: id.optional() }),
  z.object({ kind: z.literal('operator'), keyId: id.optional() }),
  z.object({ kind: z.literal('subject'), subjectId: id, sessionId: id.nullable().default(null) }),
  z.object({ kind: z.literal('device'), subjectId: id, factorId: id }),
]);

/**
 * The actor a host names, or null when it names none: an empty or impossible subject is nobody, and never
 * a service (bug 40 of docs/threat-model.md). An empty or missing session is no session, which equals no other
 * (bug 48).
 */
export function acceptActor(given: Actor | null | undefined): Actor | null {
  const actor = given?.kind === 'subject' && given.sessionId === '' ? { ...given, sessionId: null } : given;
  const accepted = acceptable.safeParse(actor);
  return accepted.success ? accepted.data : null;
}
