import type { MiddlewareHandler } from 'hono';

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * A development door shows codes, so it answers this machine's own browser and nobody else. The Host
 * header is what betrays a foreign page whose name was made to point at 127.0.0.1 (DNS rebinding); an
 * Origin that is not ours, a page that only wants to read along.
 */
export const onlyLoopback: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host') ?? '';
  const origin = c.req.header('origin');
  const foreign = origin !== undefined && origin !== `http://${host}`;
  if (!loopback.test(host) || foreign) {
    return c.text('Development doors answer only to http://localhost, from this machine.\n', 403);
  }
  return next();
};
