import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { addressOf } from './address.ts';
import type { Bank } from './bank.ts';
import { contextOf } from './context.ts';
import { isCustomer } from './customer.ts';
import type { Page } from './page.ts';
import { createAppRouter } from './router.ts';
import { logFailure } from './trpc.ts';
import { attachOwnWebSocket } from './web-socket.ts';

export interface BankServer extends AsyncDisposable {
  /** `http://localhost:<port>` */
  readonly url: string;
}

/** The bank behind a port: its page, its sessions, and its tRPC app over HTTP and WebSocket. 0 is any free port. */
export async function serveBank(bank: Bank, page: Page, port: number): Promise<BankServer> {
  const router = createAppRouter(bank);
  const trpc = createHTTPHandler({
    router,
    basePath: '/trpc/',
    createContext: contextOf(bank),
    maxBatchSize: 10,
    maxBodySize: 64 * 1024,
    onError: logFailure,
  });

  const server = createServer((request, response) => {
    const address = addressOf(request);
    if (address === null) return answer(response, 400);
    const { pathname, searchParams } = address;
    // Whatever changes something must come from our own page: the cookie alone does not say so.
    if (request.method !== 'GET' && request.headers.origin !== url) return answer(response, 403);
    if (pathname.startsWith('/trpc/')) return trpc(request, response);
    if (pathname === '/session') return answerSession(request, response, searchParams);
    if (request.method === 'GET' && page.send(pathname, response)) return;
    answer(response, 404);
  });

  /** `POST /session?customer=ada` signs in, `DELETE /session` signs out. */
  const answerSession = (
    request: IncomingMessage,
    response: ServerResponse,
    params: URLSearchParams,
  ): void => {
    const customer = params.get('customer') ?? '';
    if (request.method === 'DELETE') bank.sessions.end(request);
    else if (request.method !== 'POST' || !isCustomer(customer)) return answer(response, 400);
    else response.setHeader('set-cookie', bank.sessions.begin(customer));
    answer(response, 204);
  };

  await once(server.listen(port, '127.0.0.1'), 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const sockets = attachOwnWebSocket(server, { bank, router, origin: url });
  return {
    url,
    async [Symbol.asyncDispose]() {
      await sockets.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
