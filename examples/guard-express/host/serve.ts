import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openBank, type Bank, type BankOptions } from './bank.ts';
import { createRoutes } from './routes.ts';

/** The bank behind a port. */
export interface ServedBank extends AsyncDisposable {
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly bank: Bank;
}

export async function serveBank(options: BankOptions): Promise<ServedBank> {
  const bank = await openBank(options);
  const server = createRoutes(bank).listen(0, '127.0.0.1');
  await once(server, 'listening');
  bank.cs.attachWebSocket(server);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    bank,
    async [Symbol.asyncDispose]() {
      await bank.cs.drain();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await bank[Symbol.asyncDispose]();
    },
  };
}
