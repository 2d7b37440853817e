import { CountersignError } from '../error.ts';
import type { Operation } from './define.ts';

/** The operations this installation declares, by slug. */
export interface OperationRegistry {
  get(slug: string): Operation | undefined;
  readonly all: readonly Operation[];
}

export function createOperationRegistry(operations: readonly Operation[]): OperationRegistry {
  const bySlug = new Map<string, Operation>();
  for (const operation of operations) {
    if (bySlug.has(operation.slug)) {
      throw new CountersignError('internal', {
        cause: new TypeError(`two operations have the slug "${operation.slug}"`),
      });
    }
    bySlug.set(operation.slug, operation);
  }
  return { get: (slug) => bySlug.get(slug), all: [...bySlug.values()] };
}
