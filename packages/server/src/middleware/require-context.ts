import { CountersignError } from '@countersign/core';
import type { CountersignContext, Edge } from '../context.ts';

/** The host forgot us in its `createContext`. Named, so that the log says what to do. */
class MissingContextError extends Error {
  override readonly name = 'MissingContextError';

  constructor() {
    super(
      'The tRPC context has no "countersign": spread cs.context(actor) into what your createContext returns.',
    );
  }
}

/** @throws CountersignError `internal`, because of {@link MissingContextError}. */
export function requireContext(ctx: CountersignContext): Edge {
  // Typed as always there; a host's context is not.
  const edge = (ctx as Partial<CountersignContext> | undefined)?.countersign;
  if (edge === undefined) throw new CountersignError('internal', { cause: new MissingContextError() });
  return edge;
}
