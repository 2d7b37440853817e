import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { refusal } from './refusal.ts';

/**
 * A web page may call only from a listed origin, compared as a whole: a prefix, another port or the
 * opaque `null` is another origin. Programs send no Origin and prove themselves by a header; cookies are
 * no credential anywhere, so `Access-Control-Allow-Credentials` is never given.
 */
export function onlyKnownOrigins(
  origins: readonly string[],
  refuse: typeof refusal = refusal,
): MiddlewareHandler {
  const known = new Set(origins);
  const share = cors({
    origin: (origin) => (known.has(origin) ? origin : null),
    allowMethods: ['GET', 'POST'],
    allowHeaders: [
      'authorization',
      'content-type',
      'trpc-accept',
      'last-event-id',
      'idempotency-key',
      'traceparent',
      'dpop',
    ],
    exposeHeaders: ['www-authenticate', 'retry-after'],
    maxAge: 600,
  });
  return async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined) return next();
    if (!known.has(origin)) return refuse('FORBIDDEN');
    return share(c, next);
  };
}
