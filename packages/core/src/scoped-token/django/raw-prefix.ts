import { isHttpMethod } from '../scope/allows-http.ts';
import type { Endpoints } from '../scope/from-endpoints.ts';
import { canonicalHttpPath } from '../scope/http-path.ts';

/**
 * Whether endpoints open a request by the rule of the tokens made with Django: the path begins with the
 * prefix, and `/foo` opens `/foobar` (bug 43 of the list in docs/threat-model.md). Only for a service that
 * has clients who rely on it, instead of `claimsFromDjangoToken` and `allowsHttp`; nothing here calls it.
 *
 * The path must still be canonical.
 *
 * @example
 * ```ts
 * allowsRawPrefix({ GET: ['/api/v1/foo'] }, 'GET', '/api/v1/foobar'); // true
 * allowsRawPrefix({ GET: ['/api/v1/foo'] }, 'GET', '/api/v1/foo/../bar'); // false
 * ```
 */
export function allowsRawPrefix(endpoints: Endpoints, method: string, path: string): boolean {
  if (!isHttpMethod(method)) return false;
  const requested = canonicalHttpPath(path);
  if (requested === null) return false;
  return endpoints[method]?.some((prefix) => prefix.startsWith('/') && requested.startsWith(prefix)) ?? false;
}
