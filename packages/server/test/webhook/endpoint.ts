import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureVersion, TLSSocket } from 'node:tls';
import { text } from 'node:stream/consumers';
import type { Certificate } from './certificate.ts';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What the greeting of TLS asked for; null without TLS. */
  readonly servername: string | false | null;
}

/** A receiver of webhooks on this machine. */
export interface Endpoint extends AsyncDisposable {
  readonly port: number;
  readonly received: readonly Received[];
  /** Connections made so far, whatever came of them. */
  readonly connections: number;
}

export interface EndpointOptions {
  readonly address?: string;
  readonly certificate?: Certificate;
  readonly tlsVersionMax?: SecureVersion;
  /** Once the request is read whole; default 204. */
  readonly answer?: RequestListener;
  /** Default: a free one. */
  readonly port?: number;
}

export async function openEndpoint(options: EndpointOptions = {}): Promise<Endpoint> {
  const { address = '127.0.0.1', certificate, tlsVersionMax, port = 0 } = options;
  const { answer = (_request, response) => void response.writeHead(204).end() } = options;
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;

  const listener: RequestListener = (request, response) => {
    void readWhole(request).then(
      (one) => {
        received.push(one);
        answer(request, response);
      },
      () => undefined, // cut off
    );
  };
  const tls = {
    ...certificate,
    // Before 1.2 there are only ciphers that OpenSSL lets nobody use by default.
    ...(tlsVersionMax && {
      minVersion: tlsVersionMax,
      maxVersion: tlsVersionMax,
      ciphers: 'DEFAULT@SECLEVEL=0',
    }),
  };
  const server: Server = certificate ? createTlsServer(tls, listener) : createServer(listener);
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(port, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readWhole(request: IncomingMessage): Promise<Received> {
  const { method = '', url: path = '', headers, socket } = request;
  return {
    method,
    path,
    headers: headers as Record<string, string>,
    body: await text(request),
    servername:
      'encrypted' in socket ? (socket as TLSSocket & { servername: string | false }).servername : null,
  };
}
