import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import type { IncomingMessage } from 'node:http';

/** Where the WebSocket of a server is. */
const socketPath = '/trpc';

/**
 * Whether a connection may become a WebSocket, before it is one: the code of its refusal, or null. A browser
 * asks nobody before it opens a socket to a foreign server, so the origin is compared here, as a whole, with
 * the same list as over HTTP (bug 38 of docs/threat-model.md). A program sends no origin; it has no cookies
 * that somebody else could use, and none would be looked at.
 */
export function refusalOfUpgrade(
  request: IncomingMessage,
  origins: ReadonlySet<string>,
): TRPC_ERROR_CODE_KEY | null {
  const url = urlOf(request);
  if (url === null) return 'BAD_REQUEST';
  if (url.pathname !== socketPath) return 'NOT_FOUND';
  const { origin } = request.headers;
  if (origin !== undefined && !origins.has(origin)) return 'FORBIDDEN';
  return null;
}

/**
 * The address as tRPC's adapter will read it, with the Host header in it: there it would throw for one that
 * no URL can have, out of an event listener, which ends the process.
 */
export function urlOf({ url, headers }: IncomingMessage): URL | null {
  return URL.parse(url ?? '/', `http://${headers.host ?? 'localhost'}`);
}
