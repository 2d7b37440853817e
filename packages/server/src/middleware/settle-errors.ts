import { fallbackLogger } from '../log/fallback-logger.ts';
import { logError } from '../error/log-error.ts';
import { withoutPrivateText } from '../error/public-error.ts';
import { t } from '../trpc/trpc.ts';

/**
 * Gives every error its public code and sentence, and the log the rest. In a middleware, not in the HTTP
 * handler, so that it holds for callers in this process and inside a host's router too.
 */
export const settleErrors = t.middleware(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const error = withoutPrivateText(result.error);
  logError(ctx?.countersign?.logger ?? fallbackLogger(), error, path);
  return { ...result, error };
});
