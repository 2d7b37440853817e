import type { BackoffLimits } from './backoff.ts';
import type { ConnectionState } from './stream/gate.ts';
import type { Timing } from './stream/timing.ts';
import type { TransformerOption } from './transformer.ts';

/**
 * A token, or what tells the one that is valid now: asked before every request and every connection, and again
 * when the server refuses one as `unauthenticated`. So it keeps its token in memory until that has nearly
 * ended. What it throws reaches the caller as it is.
 */
export type TokenSource = string | (() => Token | Promise<Token>);
export type Token = string | null | undefined;

/** The key that a token is bound to (its claim `cnf`): without its proof the token opens nothing. */
export interface BoundKey {
  /**
   * A proof for one request (RFC 9449 §4.2), new each time. `url` is without query and fragment; for a WebSocket
   * it is the one with `http` or `https`, and `method` is `GET`. What it throws reaches the caller as it is.
   */
  proof(of: { readonly method: string; readonly url: string; readonly token: string }): Promise<string>;
}

/** `fetch`, as far as it is used here. */
export type FetchFunction = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export interface ClientOptions {
  /** The tRPC endpoint, the same that `httpBatchLink` takes: `http://localhost:4020/trpc`. Relative in browsers. */
  readonly url: string | URL;
  /** The key under which the server nests Countersign's router, `countersign` or `security.countersign`; absent when it is the root. */
  readonly path?: string | undefined;
  /** A scoped token or a service key. Absent where cookies or the host's own headers (see `fetch`) tell who it is. */
  readonly token?: TokenSource | undefined;
  /** For a token that is bound to a key: each request and each connection comes with a proof (DPoP, RFC 9449). */
  readonly clientKey?: BoundKey | undefined;
  /** The transformer of the server's router. Absent: superjson, as Countersign's own server; `null`: plain JSON. */
  readonly transformer?: TransformerOption | undefined;
  /** How streams travel. Absent: a WebSocket, and server-sent events where none can be opened. */
  readonly transport?: 'websocket' | 'sse' | undefined;
  /** Instead of the global one: for headers of your own, credentials, tests. */
  readonly fetch?: FetchFunction | undefined;
  /** Instead of the global one. */
  readonly WebSocket?: typeof WebSocket | undefined;
  /**
   * Told when the connection of the streams is lost and when it is back: for a line in your page, or to find out
   * why nothing comes. A stream throws nothing for it.
   */
  readonly onConnection?: ((state: ConnectionState) => void) | undefined;
  /** How often a call without an answer is repeated, with growing pauses of 3 s in all on average; default 5. */
  readonly retries?: number | undefined;
  /** How long to wait before connecting again: default anything up to 100 ms at first, up to 30 s at last. */
  readonly reconnect?: Partial<BackoffLimits> | undefined;
  /** Events that wait for a slow consumer of one stream; with more the stream is stopped and taken up later. Default 256. */
  readonly bufferedEventsMax?: number | undefined;
  /** How long is waited for signs of life; the defaults suit people and their networks. */
  readonly timing?: Partial<Timing> | undefined;
}
