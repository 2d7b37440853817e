/** What of a request its route does not get. */
export interface Withheld {
  readonly recipientHeader: string;
  /** Also the token: its header, with the proof that comes with it, or its query parameter. */
  readonly token: boolean;
  readonly queryParameter: string | null;
}

/**
 * The request for the route: without a recipient that the client has claimed, in any spelling that a gateway might
 * take for it, and without the token; with the recipient of the token. The same object when nothing has to change.
 */
export function downstreamOf(request: Request, withheld: Withheld, recipient: string | null): Request {
  const { recipientHeader, token, queryParameter } = withheld;
  const headers = new Headers(request.headers);
  const claimed = [...headers.keys()].filter((name) => plain(name) === plain(recipientHeader));
  if (!token && claimed.length === 0) return request;
  for (const name of claimed) headers.delete(name);
  for (const name of token ? ['authorization', 'dpop'] : []) headers.delete(name);
  if (recipient !== null) headers.set(recipientHeader, recipient);
  const url = token && queryParameter !== null ? withoutParameter(request.url, queryParameter) : request.url;
  return requestLike(request, url, headers);
}

/** CGI and what descends from it read `X_Y` and `X-Y` as one header. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** The other parameters stay as they were written. */
function withoutParameter(url: string, parameter: string): string {
  const [, before = url, query, fragment = ''] = /^([^?#]*)\?([^#]*)(#.*)?$/s.exec(url) ?? [];
  if (query === undefined) return url;
  const kept = query.split('&').filter((pair) => !new URLSearchParams(pair).has(parameter));
  return before + (kept.length > 0 ? `?${kept.join('&')}` : '') + fragment;
}

/** What the Fetch standard (§2.2.1, §5.4) lets no `Request` be made of, though a server may have read it. */
export function isNoRequest({ method, url }: Request): boolean {
  return /^(?:CONNECT|TRACE|TRACK)$/i.test(method) || /^[a-z][a-z0-9+.-]*:\/\/[^/?#\\]*@/i.test(url);
}

/**
 * From its parts: some servers hand over what looks like a `Request` and cannot be copied. A body that was read
 * already is not there any more; whoever read it keeps it.
 */
function requestLike(request: Request, url: string, headers: Headers): Request {
  const { method, signal } = request;
  const body = request.bodyUsed ? null : request.body;
  return new Request(url, {
    method,
    headers,
    signal,
    ...(body !== null && { body, duplex: 'half' as const }),
  });
}
