import type { z } from 'zod';
import type { Actor } from '../actor.ts';
import type { Binding } from '../binding.ts';
import { CountersignError, invalidInput } from '../error.ts';
import { parseId } from '../id.ts';
import type { Recipient } from '../method/define.ts';
import { normalizeRecipient } from '../method/recipient.ts';
import type { Operation } from '../operation/define.ts';
import type { OperationData } from './operation-data.ts';
import type { createInput } from './schema.ts';

type Input = z.output<typeof createInput>;

/** A creation that this actor may ask for: whose it is, and where its messages go. */
export interface Creation {
  readonly input: Input;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly deliverTo: Recipient | null;
  /** UUIDs of the only factors that may answer; null: any. */
  readonly factorIds: readonly string[] | null;
  /** Where it was read and hashed already. */
  readonly data?: OperationData;
  /** Where it is not the operation's. */
  readonly requiredBinding?: Binding;
}

const subjectKeys = new Set(['slug', 'data', 'methods', 'factorIds', 'locale', 'idempotencyKey']);

/**
 * Who may create what (the contract, §§2–4). A browser never supplies the text the person reads, the address
 * the code goes to (bug 50), nor whose consent it is.
 */
export function admitCreation(actor: Actor, operation: Operation | undefined, input: Input): Creation {
  if (input.slug.startsWith('countersign.'))
    throw invalidInput(['slug'], 'slugs beginning with "countersign." are reserved');
  switch (actor.kind) {
    case 'service':
      return admitService(operation, input);
    case 'subject':
      return admitSubject(actor, operation, input);
    case 'device':
    case 'operator':
      throw new CountersignError('forbidden');
  }
}

function admitService(operation: Operation | undefined, input: Input): Creation {
  if (input.subjectId === undefined) throw invalidInput(['subjectId'], 'is required');
  if (operation) {
    for (const key of ['title', 'description', 'facts'] as const) {
      if (input[key] !== undefined) throw invalidInput([key], `is made by the operation "${operation.slug}"`);
    }
    if (operation.session === 'required' && input.sessionId == null)
      throw invalidInput(['sessionId'], 'is required by the operation');
  }
  const deliverTo = input.deliverTo ? normalizeRecipient(input.deliverTo) : null;
  if (input.deliverTo && !deliverTo)
    throw invalidInput(['deliverTo', 'address'], `must be an address for ${input.deliverTo.channel}`);
  return {
    input,
    subjectId: input.subjectId,
    sessionId: input.sessionId ?? null,
    deliverTo,
    factorIds: factorUuids(input),
  };
}

function admitSubject(
  actor: Extract<Actor, { kind: 'subject' }>,
  operation: Operation | undefined,
  input: Input,
): Creation {
  if (!operation?.clientCreatable) throw new CountersignError('forbidden');
  for (const [key, value] of Object.entries(input)) {
    if (value !== undefined && !subjectKeys.has(key)) throw new CountersignError('forbidden');
  }
  if (actor.sessionId === null && operation.session !== 'any') throw new CountersignError('forbidden');
  return {
    input,
    subjectId: actor.subjectId,
    sessionId: actor.sessionId,
    deliverTo: null,
    factorIds: factorUuids(input),
  };
}

/** Whose they are is looked up with them: one of another subject is none. */
function factorUuids(input: Input): readonly string[] | null {
  if (input.factorIds === undefined) return null;
  return input.factorIds.map((id) => {
    const uuid = parseId('factor', id);
    if (uuid === null) throw new CountersignError('method_unavailable');
    return uuid;
  });
}
