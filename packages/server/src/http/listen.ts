import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpLimits } from './limits.ts';
import type { HttpHandler } from './handler.ts';

export interface ListenOptions {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
}

/** A port that is bound. What it answers can be exchanged, so that the port is ours before the work begins. */
export interface HttpListener {
  readonly port: number;
  /** For what shares the port: `cs.attachWebSocket(listener.server)`. */
  readonly server: Server;
  answerWith(handler: HttpHandler): void;
  /** From now on each answer is the last of its connection: a client that kept one comes back by another. */
  letGo(): void;
  /** Stops accepting, lets answers in progress finish for 5 s, cuts the rest. */
  close(): Promise<void>;
}

/** @throws NodeJS.ErrnoException such as `EADDRINUSE`. */
export async function listen({ port, host }: ListenOptions): Promise<HttpListener> {
  let handler: HttpHandler = async () =>
    new Response('Starting.', { status: 503, headers: { 'retry-after': '1' } });
  const server = createAdaptorServer({
    fetch: (request) => handler(request),
    serverOptions: {
      requestTimeout: httpLimits.requestMilliseconds,
      headersTimeout: httpLimits.headersMilliseconds,
      keepAliveTimeout: httpLimits.keepAliveMilliseconds,
      // Somebody who offers another protocol beside HTTP gets HTTP.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
  }) as Server;
  let isLettingGo = false;
  server.prependListener('request', (_, response) => {
    if (isLettingGo) response.shouldKeepAlive = false;
  });
  server.setTimeout(httpLimits.silenceMilliseconds);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    server,
    answerWith(next) {
      handler = next;
    },
    letGo() {
      isLettingGo = true;
    },
    close: () => drain(server),
  };
}

/** A kept-alive connection turns idle after its last answer, so idle ones are looked for until all are gone. */
async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const late = setTimeout(() => server.closeAllConnections(), httpLimits.drainMilliseconds);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}
