import type { Logger } from '@countersign/core';
import type { TRPCError } from '@trpc/server';
import { logError } from '../error/log-error.ts';

/** Tells the operator what failed on our side. That a line broke, or bytes on it made no sense, is no failure of ours. */
export function logFailure(logger: Logger, error: TRPCError, path: string | undefined): void {
  if (path === undefined && isOfTheLine(error.cause)) {
    logger.debug({ err: error.cause }, 'a connection failed');
    return;
  }
  logError(logger, error, path);
}

/** An error of `ws` about frames, or of the operating system about the connection. */
function isOfTheLine(cause: Error | undefined): boolean {
  const { code, syscall } = (cause ?? {}) as NodeJS.ErrnoException;
  return code?.startsWith('WS_ERR_') === true || syscall !== undefined;
}
