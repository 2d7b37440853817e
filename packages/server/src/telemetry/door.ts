import { Hono } from 'hono';
import { hash, timingSafeEqual } from 'node:crypto';
import { parseAuthorization } from '../caller/authorization.ts';
import { refusal } from '../http/refusal.ts';

export interface MetricsDoorOptions {
  /** Null: there is no such path. */
  readonly text: (() => Promise<string>) | null;
  /** What a reader must present; undefined: nothing. */
  readonly token: string | undefined;
}

const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * `/metrics`. No secret is in it, but what an installation does, and how often. A peer's address decides nothing: behind
 * a proxy on the same machine every stranger comes from there.
 */
export function metricsDoor({ text, token }: MetricsDoorOptions): Hono {
  const app = new Hono();
  if (text === null) return app;
  const expected = token === undefined ? null : hashOf(token);
  app.get('/metrics', async (c) => {
    const presented = parseAuthorization(c.req.header('authorization') ?? '');
    const mayRead =
      expected === null ||
      (presented?.scheme === 'bearer' && timingSafeEqual(hashOf(presented.credential), expected));
    if (!mayRead) {
      const refused = refusal('UNAUTHORIZED');
      refused.headers.set('www-authenticate', 'Bearer');
      return refused;
    }
    return c.body(await text(), 200, { 'content-type': contentType, 'cache-control': 'no-store' });
  });
  return app;
}

/** Of equal length, so that the comparison tells neither length nor content. */
function hashOf(token: string): Buffer {
  return hash('sha256', `countersign/metrics-token/v1\0${token}`, 'buffer');
}
