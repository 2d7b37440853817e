import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server';
import type { CountersignContext } from '../context.ts';
import { logError } from '../error/log-error.ts';
import { withoutPrivateText } from '../error/public-error.ts';
import { fallbackLogger } from '../log/fallback-logger.ts';

/**
 * Gives an error its public code and sentence, and the log the rest. In a middleware, not in the HTTP handler,
 * so that it holds for callers in this process and inside a host's router too.
 */
export function settleError(cause: unknown, ctx: CountersignContext | undefined, path: string): TRPCError {
  const error = withoutPrivateText(getTRPCErrorFromUnknown(cause));
  const edge = (ctx as Partial<CountersignContext> | undefined)?.countersign;
  logError(edge?.logger ?? fallbackLogger(), error, path);
  return error;
}
