import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { parseId } from '../id.ts';
import { isReserved } from './purpose.ts';
import type { requestInput } from './schema.ts';

type Input = z.output<typeof requestInput>;

/** A confirmation that this actor may ask for. */
export interface Admitted {
  readonly subjectId: string | null;
  readonly by: { readonly methodId: string } | { readonly factorUuid: string; readonly subjectId: string };
  readonly purpose: string | null;
  /** Whether who asks is the subject: then it chooses neither the words of a message nor what must be listed by name. */
  readonly isOwn: boolean;
}

/** Who may ask for what: the service for anybody, a subject for itself. */
export function admitRequest(actor: Actor, input: Input): Admitted {
  const { methodId, factorId, purpose } = input;
  if (purpose !== undefined && isReserved(purpose))
    throw invalidInput(['purpose'], 'purposes beginning with "countersign." are reserved');
  if ((methodId === undefined) === (factorId === undefined))
    throw invalidInput(['methodId'], 'either this or `factorId` is required');
  const subjectId = subjectOf(actor, input);
  const common = { subjectId, purpose: purpose ?? null, isOwn: actor.kind === 'subject' };
  if (methodId !== undefined) return { ...common, by: { methodId } };
  if (subjectId === null) throw invalidInput(['subjectId'], 'is required with a factor');
  const factorUuid = factorId === undefined ? null : parseId('factor', factorId);
  if (factorUuid === null) throw new CountersignError('not_found');
  return { ...common, by: { factorUuid, subjectId } };
}

function subjectOf(actor: Actor, { subjectId, context }: Input): string | null {
  switch (actor.kind) {
    case 'service':
      return subjectId ?? null;
    case 'subject':
      if (context !== undefined) throw new CountersignError('forbidden');
      if (subjectId !== undefined && subjectId !== actor.subjectId) throw new CountersignError('not_found');
      return actor.subjectId;
    case 'device':
    case 'operator':
      throw new CountersignError('forbidden');
  }
}
