import { CountersignError } from '@countersign/core';
import { t } from '../trpc/trpc.ts';

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
export const requireContext = t.middleware(async ({ ctx, next }) => {
  // Typed as always there; a host's context is not.
  if ((ctx as Partial<typeof ctx> | undefined)?.countersign === undefined) {
    throw new CountersignError('internal', { cause: new MissingContextError() });
  }
  return next();
});
