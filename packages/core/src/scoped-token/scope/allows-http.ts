import { opensHttp } from './http-grant.ts';
import { canonicalHttpPath } from './http-path.ts';
import { httpMethods, scopesOf, type EffectiveScope, type HttpMethod } from './scope.ts';

const methods: ReadonlySet<string> = new Set(httpMethods);

export function isHttpMethod(text: string): text is HttpMethod {
  return methods.has(text);
}

/**
 * Whether a scope opens a request. `method` is the one the request line had: no method override counts, and
 * GET does not imply HEAD. `path` is the one the router dispatched on, without the query, still encoded; one
 * that is not canonical is denied.
 *
 * @example
 * ```ts
 * const scope: Scope = { http: { GET: ['/api/v1/foo/**'] } };
 * allowsHttp(scope, 'GET', '/api/v1/foo/7'); // true
 * allowsHttp(scope, 'GET', '/api/v1/foobar'); // false
 * allowsHttp(scope, 'GET', '/api/v1/foo/../bar'); // false
 * allowsHttp(scope, 'HEAD', '/api/v1/foo'); // false
 * ```
 */
export function allowsHttp(scope: EffectiveScope, method: string, path: string): boolean {
  if (!isHttpMethod(method)) return false;
  const requested = canonicalHttpPath(path);
  if (requested === null) return false;
  const scopes = scopesOf(scope);
  return (
    scopes.length > 0 &&
    scopes.every(({ http }) => http?.[method]?.some((grant) => opensHttp(grant, requested)) ?? false)
  );
}
