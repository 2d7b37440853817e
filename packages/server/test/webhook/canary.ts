import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The one address of the canary's machine that may be sent to: an honest endpoint, in plain HTTP. */
export const honestAddress = '127.0.0.2';
/** May be sent to as well, and nobody listens there. */
export const closedAddress = '127.0.0.3';

/** Listens on every address that this machine has, at one port, and counts who comes. */
export interface Canary extends AsyncDisposable {
  readonly port: number;
  /** Connections so far, to any address but the honest one. Those that were made before the call are counted. */
  connections(): Promise<number>;
  /** Requests of the honest endpoint. */
  readonly honestRequests: number;
  /** What the honest endpoint answers from now on; 204 at first. */
  answer(listener: RequestListener): void;
}

export async function openCanary(): Promise<Canary> {
  let connections = 0;
  let honestRequests = 0;
  let listener: RequestListener = (_request, response) => void response.writeHead(204).end();
  const honest = createHttpServer((request, response) => {
    honestRequests += 1;
    listener(request.resume(), response);
  });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    const address = socket.localAddress?.replace('::ffff:', '');
    // Nobody listens at an address that refuses.
    if (address === closedAddress) return void socket.resetAndDestroy();
    if (address === honestAddress) return void honest.emit('connection', socket);
    connections += 1;
    socket.destroy();
  });
  // Without an address: all of both families, or of IPv4 where that is all there is.
  server.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async connections() {
      // They are accepted in the order of their coming: after this one there is none before it.
      const marker = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(marker, 'close');
      connections -= 1;
      return connections;
    },
    get honestRequests() {
      return honestRequests;
    },
    answer(next) {
      listener = next;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);

export const hasIpv6 = addresses.some(({ address }) => address === '::1');

/** Those of this machine that are in a network of its own; one that is public is nobody's to refuse. */
export const ownAddresses: readonly string[] = addresses
  .map(({ address }) => address)
  .filter((address) => /^(?:10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|192\.0\.2\.|f[cd])/.test(address));
