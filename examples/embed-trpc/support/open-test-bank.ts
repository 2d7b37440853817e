import { createCountersignClient, type CountersignClient } from '@countersign/client';
import type { OutgoingMessage } from '@countersign/server';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client';
import { randomBytes } from 'node:crypto';
import { WebSocket as NodeWebSocket } from 'ws';
import { openBank, type Bank } from '../host/bank.ts';
import type { Customer } from '../host/customer.ts';
import { Account } from '../host/ledger.ts';
import type { AppRouter } from '../host/router.ts';
import { buildPage } from '../host/page.ts';
import { serveBank } from '../host/serve.ts';

/** The example on a real PostgreSQL and a real port, in this process. */
export interface TestBank extends AsyncDisposable {
  readonly url: string;
  readonly database: string;
  readonly bank: Bank;
  /** Every account as it was opened. */
  resetAccounts(): Promise<void>;
  /** The code of the newest message to a customer. */
  newestCode(customer: Customer): string;
  /** As the page does it, with a cookie. */
  signIn(customer: Customer, transport?: 'websocket' | 'sse'): Promise<SignedIn>;
  /** Closes the port; the bank and its sessions stay. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

export interface SignedIn {
  readonly cookie: string;
  /** The bank's own client. */
  readonly app: TRPCClient<AppRouter>;
  readonly countersign: CountersignClient;
  signOut(): Promise<void>;
}

export async function openTestBank(): Promise<TestBank> {
  const postgres = await startTemporaryPostgres();
  const messages: OutgoingMessage[] = [];
  const bank = await openBank({
    database: postgres.url(),
    secret: randomBytes(32).toString('base64'),
    send: async (message) => void messages.push(message),
  });
  const clients: CountersignClient[] = [];
  const page = await buildPage();
  let server = await serveBank(bank, page, 0);
  const { url } = server;

  return {
    url,
    database: postgres.url(),
    bank,
    async resetAccounts() {
      await bank.ledger.em.fork().nativeUpdate(Account, {}, { balanceCents: 1_000_000 });
    },
    newestCode: (customer) => messages.findLast(({ to }) => to.startsWith(`${customer}@`))?.code ?? '',
    async signIn(customer, transport = 'websocket') {
      const answer = await fetch(`${url}/session?customer=${customer}`, {
        method: 'POST',
        headers: { origin: url },
      });
      const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
      const fetchSignedIn: typeof fetch = (input, init) =>
        fetch(input, { ...init, headers: { ...(init?.headers as object), cookie, origin: url } });
      const countersign = createCountersignClient({
        url: `${url}/trpc`,
        path: 'countersign',
        transformer: null,
        transport,
        fetch: fetchSignedIn,
        WebSocket: socketWith({ cookie, origin: url }),
      });
      clients.push(countersign);
      return {
        cookie,
        countersign,
        app: createTRPCClient<AppRouter>({
          links: [httpLink({ url: `${url}/trpc`, fetch: fetchSignedIn })],
        }),
        async signOut() {
          await fetchSignedIn(`${url}/session`, { method: 'DELETE' });
        },
      };
    },
    async goAway() {
      await server[Symbol.asyncDispose]();
    },
    async comeBack() {
      server = await serveBank(bank, page, Number(new URL(url).port));
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.close();
      await server[Symbol.asyncDispose]();
      await bank[Symbol.asyncDispose]();
      await postgres.stop();
    },
  };
}

/** A browser's WebSocket sends its page's cookies and origin by itself; Node's has to be told. */
function socketWith(headers: Readonly<Record<string, string>>): typeof WebSocket {
  class SignedInWebSocket extends NodeWebSocket {
    constructor(url: string) {
      super(url, { headers });
    }
  }
  return SignedInWebSocket as unknown as typeof WebSocket;
}
