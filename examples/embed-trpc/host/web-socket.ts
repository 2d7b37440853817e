import { applyWSSHandler } from '@trpc/server/adapters/ws';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { addressOf } from './address.ts';
import type { Bank } from './bank.ts';
import { contextOf } from './context.ts';
import type { AppRouter } from './router.ts';
import { logFailure } from './trpc.ts';

export interface OwnWebSocket {
  /** Tells every page to reconnect, and closes. */
  close(): Promise<void>;
}

/** The bank's own WebSockets, on the port and the path of its HTTP. */
export function attachOwnWebSocket(
  server: Server,
  { bank, router, origin }: { bank: Bank; router: AppRouter; origin: string },
): OwnWebSocket {
  const wss = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  server.on('upgrade', (request, socket, head) => {
    // A cookie comes along from any page in the world; only ours may open a socket with it.
    const isOurs = request.headers.origin === origin && addressOf(request)?.pathname === '/trpc';
    if (!isOurs) return refuse(socket);
    wss.handleUpgrade(request, socket, head, (client) => wss.emit('connection', client, request));
  });
  const handler = applyWSSHandler({
    wss,
    router,
    createContext: contextOf(bank),
    keepAlive: { enabled: true, pingMs: 30_000, pongWaitMs: 5_000 },
    // A client takes up all its streams in one message.
    maxBatchSize: 100,
    onError: logFailure,
  });
  return {
    async close() {
      handler.broadcastReconnectNotification();
      for (const client of wss.clients) client.close(1012, 'the server stops');
      await new Promise((resolve) => wss.close(resolve));
    },
  };
}

function refuse(socket: Duplex): void {
  // Nobody else listens to it, and an error without a listener ends the process.
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
