import { targetOf } from './target.ts';

/** As much of a request as says where it went: a `Request`, or the address and headers of an upgrade. */
export interface SeenRequest {
  /** Absolute, as this server sees it. */
  readonly url: string;
  readonly headers: Headers;
}

/**
 * Where clients reach this server, when that is not where it sees itself because a proxy stands between: the URL
 * under which they reach its root, `https://api.bank.example` or `https://bank.example/security`; or a function
 * that tells the URL of one request. What a header such as `X-Forwarded-Host` says is believed by nobody here; a
 * function may, for a proxy that overwrites it.
 */
export type PublicUrl = string | ((request: SeenRequest) => string);

/**
 * Answers for each request the URL that its client used.
 *
 * @example
 * ```ts
 * const publicUrl = createPublicUrl('https://bank.example/security');
 * publicUrl(new Request('http://10.0.0.7:4020/trpc/method.list')); // 'https://bank.example/security/trpc/method.list'
 * ```
 * @throws TypeError for a text that is no `http` or `https` URL, or one with a query, a fragment or a user.
 */
export function createPublicUrl(publicUrl?: PublicUrl): (request: SeenRequest) => string {
  if (publicUrl === undefined) return ({ url }) => url;
  if (typeof publicUrl === 'function') return publicUrl;
  const target = targetOf(publicUrl);
  if (target === null || /[?#]/.test(publicUrl))
    throw new TypeError('publicUrl must be an http or https URL without query, fragment and user');
  const root = target.replace(/\/+$/, '');
  return ({ url }) => {
    const { pathname, search } = new URL(url);
    return root + pathname + search;
  };
}
