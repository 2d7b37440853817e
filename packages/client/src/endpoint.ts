/** Where calls and streams go. */
export interface Endpoint {
  /** Without a slash at its end. */
  readonly http: string;
  readonly webSocket: string;
  /** The full path of one of our procedures: with the key under which a host nests our router. */
  pathOf(procedure: string): string;
}

/**
 * @param url The tRPC endpoint, the same that `httpBatchLink` takes. In browsers it may be relative.
 * @param path The key of our router in the host's, with dots when it is nested deeper; absent: it is the root.
 * @throws TypeError when the URL is none, or is relative where there is no page to be relative to.
 */
export function endpointOf(url: string | URL, path: string | undefined): Endpoint {
  const { location } = globalThis as { location?: { readonly href: string } };
  const http = new URL(url, location?.href);
  http.hash = '';
  http.pathname = http.pathname.replace(/\/+$/, '');
  const webSocket = new URL(http);
  webSocket.protocol = http.protocol === 'https:' ? 'wss:' : 'ws:';
  const prefix = path === undefined || path === '' ? '' : `${path}.`;
  return {
    http: http.href.replace(/\/$/, ''),
    webSocket: webSocket.href,
    pathOf: (procedure) => prefix + procedure,
  };
}
