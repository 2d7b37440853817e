import { openConnection, type Connection, type ConnectionOptions } from './connection.ts';
import type { Gate } from './gate.ts';
import type { StreamTransport } from './transport.ts';

export interface WebSocketTransportOptions extends Omit<
  ConnectionOptions,
  'admission' | 'onRetire' | 'onAccepted' | 'onProof' | 'onOver'
> {
  readonly gate: Gate;
}

/** All streams of one client over one WebSocket, which is opened for the first and closed after the last. */
export function createWebSocketTransport({ gate, ...options }: WebSocketTransportOptions): StreamTransport {
  const open = new Set<Connection>();
  let current: Connection | undefined;

  function connect(): Connection {
    const connection = openConnection({
      ...options,
      admission: () => gate.wait(),
      onAccepted: () => gate.opened(),
      onProof: () => gate.succeeded(),
      onRetire() {
        if (current === connection) current = undefined;
      },
      onLost(heard) {
        gate.failed();
        options.onLost(heard);
      },
      onOver: () => void open.delete(connection),
    });
    open.add(connection);
    return connection;
  }

  return {
    open(call, sink, signal) {
      current ??= connect();
      current.subscribe(call, sink, signal);
    },
    close() {
      for (const connection of open) connection.close();
    },
  };
}
