import { createBackoff, type BackoffLimits } from '../backoff.ts';
import type { Credentials } from '../credentials.ts';
import type { Endpoint } from '../endpoint.ts';
import type { CallOptions } from '../generated/client.ts';
import type { Procedure } from '../generated/procedures.ts';
import type { AuthorizationRequestWatchEvent } from '../generated/schema.ts';
import type { ClientOptions, FetchFunction } from '../options.ts';
import type { Wire } from '../transformer.ts';
import { createEventSourceTransport } from './event-source.ts';
import { createFallback } from './fallback.ts';
import { createGate } from './gate.ts';
import { iterate } from './iterate.ts';
import { follow, type StreamInput, type StreamRules } from './follow.ts';
import { timingDefaults } from './timing.ts';
import { createWebSocketTransport } from './web-socket.ts';

export interface StreamsOptions extends Pick<
  ClientOptions,
  'transport' | 'WebSocket' | 'timing' | 'onConnection'
> {
  readonly endpoint: Endpoint;
  readonly wire: Wire;
  readonly credentials: Credentials;
  readonly fetch: FetchFunction;
  readonly reconnect: BackoffLimits;
  readonly bufferedEventsMax: number;
  /** Given when the client is closed. */
  readonly closing: AbortSignal;
}

export type OpenStream = (
  path: string,
  procedure: Procedure,
  input: StreamInput,
  rules: StreamRules,
  options?: CallOptions,
) => AsyncIterableIterator<AuthorizationRequestWatchEvent, void, void>;

/** All streams of one client: over one WebSocket, or server-sent events. Nothing is opened before it is needed. */
export function createStreams(options: StreamsOptions): OpenStream {
  const { endpoint, wire, credentials, fetch, reconnect, bufferedEventsMax, closing } = options;
  const shared = {
    wire,
    credentials,
    gate: createGate(createBackoff(reconnect), closing, options.onConnection),
    timing: { ...timingDefaults, ...options.timing },
  };
  const webSocket = () =>
    createWebSocketTransport({
      ...shared,
      url: endpoint.webSocket,
      WebSocket: options.WebSocket ?? globalThis.WebSocket,
      onLost: (heard) => fallback.webSocketLost(heard),
    });
  const eventSource = () =>
    createEventSourceTransport({
      ...shared,
      url: endpoint.http,
      fetch,
      onOpen: () => fallback.eventSourceOpened(),
      onLost: () => fallback.eventSourceLost(),
    });
  const fallback = createFallback(webSocket, eventSource, wantedTransport(options));
  closing.addEventListener('abort', () => fallback.close(), { once: true });

  return (path, { dates }, input, rules, { signal } = {}) =>
    iterate(
      (ended) =>
        follow({ transport: fallback, path, input, dates, rules, bufferedEventsMax, reconnect }, ended),
      [signal, closing],
    );
}

/** Some programs run where there is no WebSocket; that needs no three attempts to be known. */
function wantedTransport({ transport, WebSocket }: StreamsOptions): StreamsOptions['transport'] {
  const hasWebSocket = WebSocket !== undefined || 'WebSocket' in globalThis;
  if (transport === 'websocket' && !hasWebSocket)
    throw new TypeError('there is no WebSocket here; pass one as `WebSocket`');
  return transport ?? (hasWebSocket ? undefined : 'sse');
}
