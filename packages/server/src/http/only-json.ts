import type { MiddlewareHandler } from 'hono';
import { refusal } from './refusal.ts';

/**
 * A body must be `application/json`. A form, `text/plain` or `multipart/form-data` is what a hostile page
 * can send across origins without asking first (the "simple requests" of the Fetch standard).
 */
export const onlyJson: MiddlewareHandler = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const [type] = (c.req.header('content-type') ?? '').split(';', 1);
  if (type?.trim().toLowerCase() !== 'application/json') return refusal('UNSUPPORTED_MEDIA_TYPE');
  return next();
};
