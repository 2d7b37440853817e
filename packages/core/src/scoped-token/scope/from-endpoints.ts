import { invalidInput } from '../../error.ts';
import { isHttpMethod } from './allows-http.ts';
import { isHttpGrant } from './http-grant.ts';
import { canonicalHttpPath } from './http-path.ts';
import type { HttpMethod, Scope } from './scope.ts';

/** Prefixes of paths by method, as the tokens made with Django list them. */
export type Endpoints = { readonly [Method in HttpMethod]?: readonly string[] };

/**
 * The scope of the endpoints that a token made with Django names. A prefix `/p` becomes `/p/**`: what the old
 * `startsWith` opened beside it (`/p` opened `/pass`) stays closed. A prefix with a slash at its end, `/p/`,
 * never opened `/p`; it becomes `/p/` and everything below.
 *
 * The limits of a minted scope (64 grants of 256 characters) do not hold here: those tokens have none, and
 * their size bounds what they list.
 *
 * @example
 * ```ts
 * const scope = scopeFromEndpoints({ GET: ['/api/v1/foo'] }); // { http: { GET: ['/api/v1/foo/**'] } }
 * allowsHttp(scope, 'GET', '/api/v1/foo/7'); // true
 * allowsHttp(scope, 'GET', '/api/v1/foobar'); // false
 * ```
 * @throws CountersignError `invalid_input` for another method, and for a prefix that is no canonical path or
 * holds a `*`.
 */
export function scopeFromEndpoints(endpoints: Endpoints): Scope {
  const http = new Map<HttpMethod, readonly string[]>();
  for (const [method, prefixes] of Object.entries(endpoints)) {
    if (!isHttpMethod(method))
      throw invalidInput(['endpoints'], 'must list methods by their upper-case names');
    if (!Array.isArray(prefixes)) throw invalidInput(['endpoints', method], 'must be a list of prefixes');
    http.set(
      method,
      prefixes.flatMap((prefix, index) => grantsOf(prefix, ['endpoints', method, index])),
    );
  }
  return { http: Object.fromEntries(http) };
}

function grantsOf(prefix: unknown, at: (string | number)[]): string[] {
  const path = typeof prefix === 'string' ? canonicalHttpPath(prefix) : null;
  if (path === null || path.includes('*') || !isHttpGrant(path))
    throw invalidInput(at, 'must be the path of an endpoint');
  if (path === '/') return ['/**'];
  return path.endsWith('/') ? [path, `${path}*/**`] : [`${path}/**`];
}
