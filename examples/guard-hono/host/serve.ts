import { serve } from '@hono/node-server';
import { createCountersign, otp, type CountersignOptions, type Send } from '@countersign/server';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { transfer } from './operations.ts';
import { createRoutes, type Transfer } from './routes.ts';

/** The bank behind a port. */
export interface Bank extends AsyncDisposable {
  /** `http://localhost:<port>` */
  readonly url: string;
  readonly ledger: readonly Transfer[];
}

export type BankOptions = Pick<CountersignOptions, 'database' | 'secret'> & {
  /** The carrier of e-mail. */
  readonly send: Send;
};

export async function serveBank({ send, ...options }: BankOptions): Promise<Bank> {
  const cs = await createCountersign({
    issuer: 'Acme Bank',
    audience: 'bank.example',
    methods: [
      otp({ send, resolve: ({ subjectId }) => ({ channel: 'email', address: `${subjectId}@example.org` }) }),
    ],
    operations: { transfer },
    ...options,
  });
  const ledger: Transfer[] = [];
  const server = serve({ fetch: createRoutes(cs, ledger).fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  await once(server, 'listening');
  cs.attachWebSocket(server);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    ledger,
    async [Symbol.asyncDispose]() {
      await cs.drain();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await cs.close();
    },
  };
}
