import { CountersignError } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { refusalOfUpgrade } from './admit-upgrade.ts';
import type { AttachedWebSocket } from './attached.ts';
import { socketLimits, type SocketLimits } from './limits.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { serveSocket, type ServedSocket, type SocketServices } from './serve-socket.ts';

export interface AttachOptions extends Omit<SocketServices, 'upgrades' | 'onClosed'> {
  readonly origins: readonly string[];
}

const attached = new WeakSet<Server>();

/** @throws Error when this server has a WebSocket of ours already: a connection can be taken over only once. */
export function attachWebSocket(
  server: Server,
  { origins, ...services }: AttachOptions,
  limits: SocketLimits = socketLimits,
): AttachedWebSocket {
  if (attached.has(server)) throw new Error('This server has the WebSocket of Countersign already.');
  attached.add(server);
  const known = new Set(origins);
  const sockets = new Set<ServedSocket>();
  const upgrades = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Compression costs 300 KB a connection, and lets a small frame become a large one.
    perMessageDeflate: false,
    maxPayload: limits.messageBytesMax,
    maxFragments: limits.fragmentsMax,
    maxBufferedChunks: limits.chunksMax,
  });
  let closing: Promise<void> | undefined;

  const all = { ...services, upgrades, onClosed: (one: ServedSocket) => void sockets.delete(one) };
  const serve = (client: WebSocket, request: IncomingMessage) => {
    sockets.add(serveSocket(client, request, all, limits));
  };
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const code = refusalOfUpgrade(request, known);
    // Another path may be another listener's.
    if (code === 'NOT_FOUND' && server.listenerCount('upgrade') > 1) return;
    if (code !== null) return refuseUpgrade(socket, new TRPCError({ code }));
    if (closing !== undefined) return refuseUpgrade(socket, stopping());
    upgrades.handleUpgrade(request, socket, head, serve);
  };
  server.on('upgrade', onUpgrade);
  const pings = setInterval(() => sockets.forEach((one) => one.ping()), limits.pingMilliseconds).unref();

  const close = async () => {
    await Promise.all([...sockets].map((one) => one.drain()));
    clearInterval(pings);
    server.off('upgrade', onUpgrade);
    attached.delete(server);
  };
  return {
    get connections() {
      return sockets.size;
    },
    close: () => (closing ??= close()),
  };
}

function stopping(): TRPCError {
  const cause = new CountersignError('unavailable_dependency');
  return new TRPCError({ code: 'SERVICE_UNAVAILABLE', cause });
}
