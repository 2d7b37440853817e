import type { Logger } from '@countersign/core';
import { canonicalHttpPath } from '@countersign/core/scoped-token';
import type { Context, MiddlewareHandler } from 'hono';
import type { Enter, WithoutToken } from './enter.ts';
import { assertNobodyPassesUnpaid } from './nobody-passes-unpaid.ts';
import { encodeRoutedPath, isPathAsked, pathOfTarget } from './path.ts';
import type { RequestAuth } from './request-auth.ts';
import { unseenHeaders } from './unseen.ts';

/** About the routes behind one guard, in Hono. */
export interface HonoGuardOptions {
  /**
   * In an app that is mounted in another one: the prefix that `mount` has cut off, such as `/api`. The whole path is
   * checked. A token that is bound to a key opens nothing there: its proof names a URL that `mount` has changed.
   */
  readonly mountedAt?: string;
  /** `refuse`, the default, or `pass`: see `GuardOptions`. */
  readonly withoutToken?: WithoutToken;
  /** See `GuardOptions`. What `data` reads by `c.req` the route can read as well. */
  readonly pays?: { readonly slug: string; readonly data: (c: Context) => unknown };
}

/** For a route that a request without a token may reach: it pays for nothing. */
export type PassingHonoOptions = HonoGuardOptions & { readonly pays?: never };

type Guarded = { Variables: { auth: RequestAuth | null } };

/**
 * The guard as a middleware. Checked is `c.req.path`: the path that Hono has decoded and dispatched on, encoded
 * again. Where the request line is known (`c.env.incoming` of `@hono/node-server`), it must say the same path and
 * method: what the URL parser has resolved, another middleware has overridden or `mount` has cut off opens nothing.
 *
 * @throws TypeError at the start, for a `mountedAt` that no path begins with, and for `pays` together with
 * `withoutToken: 'pass'`.
 */
export function guardHono(
  enter: Enter,
  logger: Logger,
): (options?: HonoGuardOptions) => MiddlewareHandler<Guarded> {
  return ({ mountedAt = '', withoutToken = 'refuse', pays } = {}) => {
    if (mountedAt !== '' && (canonicalHttpPath(mountedAt) !== mountedAt || mountedAt.endsWith('/')))
      throw new TypeError('mountedAt must be a path such as /api');
    assertNobodyPassesUnpaid({ withoutToken, pays });
    const warnOnce = once(() =>
      logger.warn(
        {},
        'Hono dispatched on a part of the path: say mountedAt to cs.rest.hono() in a mounted app',
      ),
    );
    return async (c, next) => {
      const { path, isCut } = checkedPath(c, mountedAt);
      if (isCut) warnOnce();
      const route = { method: c.req.method, path, isPaid: pays !== undefined };
      const entry = await enter(c.req.raw, route, withoutToken);
      if (entry.kind === 'refused') return entry.answer;
      c.req.raw = entry.request;
      let { auth } = entry;
      if (pays !== undefined) {
        const payment = await entry.pay(pays.slug, await pays.data(c));
        if (payment.kind === 'refused') return payment.answer;
        auth = payment.auth;
      }
      Object.assign(c.req.raw, { auth });
      c.set('auth', auth);
      await next();
      for (const [name, value] of entry.inQuery ? Object.entries(unseenHeaders) : []) c.header(name, value);
      return undefined;
    };
  };
}

interface CheckedPath {
  /** Null when nothing may be opened. */
  readonly path: string | null;
  /** A host’s own doing, since a canonical path goes through every parser as it is. */
  readonly isCut: boolean;
}

function checkedPath({ req, env }: Context, mountedAt: string): CheckedPath {
  const inside = encodeRoutedPath(req.path);
  const whole = inside === '/' && mountedAt !== '' ? mountedAt : mountedAt + (inside ?? '');
  const path = inside === null ? null : canonicalHttpPath(whole);
  const line = requestLine(env);
  if (path === null || line === null) return { path, isCut: false };
  const asked = pathOfTarget(line.target);
  if (line.method === req.method && isPathAsked(asked, path)) return { path, isCut: false };
  return { path: null, isCut: line.method === req.method && canonicalHttpPath(asked) !== null };
}

/** What `@hono/node-server` has read of the request line, before any URL was parsed. */
function requestLine(env: unknown): { readonly method: string; readonly target: string } | null {
  const incoming = isObject(env) ? env['incoming'] : undefined;
  if (!isObject(incoming)) return null;
  const { method, url } = incoming;
  return typeof method === 'string' && typeof url === 'string' ? { method, target: url } : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}
