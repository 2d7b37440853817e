import type { Logger } from '@countersign/core';
import type { TRPCError } from '@trpc/server';
import { publicError } from './public-error.ts';

const logged = new WeakSet<TRPCError>();

/** Tells the operator, once, what the caller is not told. Refusals are the caller's affair and stay out. */
export function logError(logger: Logger, error: TRPCError, path: string | undefined): void {
  const { reason, details } = publicError(error);
  if (logged.has(error) || (reason !== 'internal' && reason !== 'unavailable_dependency')) return;
  logged.add(error);
  const err = error.cause ?? error;
  if (reason === 'internal')
    logger.error({ errorId: details?.['errorId'], path, err }, 'a call failed on our side');
  else logger.warn({ path, err }, 'a call found something away that it depends on');
}
