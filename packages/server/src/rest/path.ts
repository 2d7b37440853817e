import { canonicalHttpPath } from '@countersign/core/scoped-token';

/** What a path may be written in (RFC 3986 §3.3), and `%`; everything else a router has decoded, or let stand. */
const decoded = /[^A-Za-z0-9._~!$&'()*+,;=:@/%-]+/g;

/** The path of an absolute URL, as the URL has it: nothing decoded, nothing resolved, without query and fragment. */
export function pathOfUrl(url: string): string {
  const [, path = ''] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]*([^?#]*)/i.exec(url) ?? [];
  return path === '' ? '/' : path;
}

/**
 * The path that Hono dispatched on, encoded again. Hono decodes as `decodeURI` does and leaves `%25` alone, so each
 * octet is encoded in the one and decoded in the other, and what is neither (a `%` that encodes nothing) stays to be
 * refused. Null for what no URL can hold.
 *
 * @example
 * ```ts
 * encodeRoutedPath('/api/café'); // '/api/caf%C3%A9'
 * encodeRoutedPath('/api\\admin'); // '/api%5Cadmin', which is not canonical
 * ```
 */
export function encodeRoutedPath(path: string): string | null {
  return path.isWellFormed() ? path.replace(decoded, encodeURIComponent) : null;
}

/** The path of a request line's target (RFC 9112 §3.2), which a proxy may have sent as an absolute URL. */
export function pathOfTarget(target: string): string {
  return target.startsWith('/') ? (target.split('?', 1)[0] ?? '') : pathOfUrl(target);
}

/**
 * Whether a path that was asked for is the one that was routed. One that is not canonical is no path: what a URL
 * parser resolves on the way (`/a/../b`, `/a/%2e%2e/b`) is refused and not repaired. A router that is not strict cuts
 * the slash at the end.
 */
export function isPathAsked(asked: string, routed: string): boolean {
  const canonical = canonicalHttpPath(asked);
  return canonical !== null && (canonical === routed || canonical === `${routed}/`);
}
