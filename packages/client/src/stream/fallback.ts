import type { StreamTransport } from './transport.ts';

/** So many WebSockets in a row that brought nothing, then server-sent events are tried. */
const failuresMax = 3;

export interface Fallback extends StreamTransport {
  /** A WebSocket was lost; `heard`: something had come over it. */
  webSocketLost(heard: boolean): void;
  eventSourceOpened(): void;
  eventSourceLost(): void;
}

/**
 * A WebSocket, until it is proven that none gets through: several brought nothing, and then server-sent events
 * did open. If they fail as well it is the network that is away, and both are tried by turns.
 */
export function createFallback(
  webSocket: () => StreamTransport,
  eventSource: () => StreamTransport,
  wanted: 'websocket' | 'sse' | undefined,
): Fallback {
  let failures = 0;
  let isBlocked = wanted === undefined ? undefined : wanted === 'sse';
  let overSocket: StreamTransport | undefined;
  let overEvents: StreamTransport | undefined;

  return {
    webSocketLost(heard) {
      if (heard) isBlocked ??= false;
      else failures += 1;
    },
    eventSourceOpened: () => void (isBlocked ??= true),
    eventSourceLost: () => void (failures = failuresMax - 1),
    open(call, sink, signal) {
      const isTried = isBlocked ?? failures >= failuresMax;
      const transport = isTried ? (overEvents ??= eventSource()) : (overSocket ??= webSocket());
      transport.open(call, sink, signal);
    },
    close() {
      overSocket?.close();
      overEvents?.close();
    },
  };
}
