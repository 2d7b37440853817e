import type { IncomingMessage } from 'node:http';

/** Where a request goes; null for an address or a Host header that no URL can have, and that tRPC would throw for. */
export function addressOf({ url, headers: { host } }: IncomingMessage): URL | null {
  return URL.parse(url ?? '/', `http://${host ?? 'localhost'}`);
}
