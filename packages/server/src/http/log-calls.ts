import type { Logger } from '@countersign/core';
import type { MiddlewareHandler } from 'hono';

/** One line a request, at level debug. The path only: a query carries its input in the URL. */
export function logCalls(logger: Logger): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = performance.now();
    await next();
    const milliseconds = Math.round((performance.now() - startedAt) * 10) / 10;
    logger.debug({ method: c.req.method, path: c.req.path, status: c.res.status, milliseconds }, 'answered');
  };
}
