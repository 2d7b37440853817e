import { defineOperation } from '@countersign/server';
import { startTestServer, type TestServer } from '@countersign/server/testing';
import { z } from 'zod';
import { createCountersignClient, type ClientOptions, type CountersignClient } from '../../src/index.ts';
import { openFaultyNetwork, type FaultyNetwork } from './faulty-network.ts';

const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int().positive() }),
  title: 'Transfer money',
  facts: ({ to, amountCents }) => ({ To: to, Amount: `€ ${amountCents / 100}` }),
});

/** A real server on a real database, and a client that reaches it through a network that can fail. */
export interface Bank extends AsyncDisposable {
  readonly server: TestServer;
  readonly network: FaultyNetwork;
  readonly client: CountersignClient;
  /** Another client of the same bank; closed with it. */
  connect(options?: Partial<ClientOptions>): CountersignClient;
  /** What `create` takes for a transfer of Ada's. */
  transferOf(amountCents: number): Parameters<CountersignClient['authorizationRequest']['create']>[0];
  /** The code of the newest message to Ada. */
  newestCode(): string;
}

/** So that a test does not wait: reconnecting begins within 10 ms. */
export const quickly = { firstMilliseconds: 10, maxMilliseconds: 50 };

export async function openBank(options: Partial<ClientOptions> = {}): Promise<Bank> {
  const server = await startTestServer({ operations: { transfer } });
  const network = await openFaultyNetwork(server.port);
  const clients: CountersignClient[] = [];
  const connect: Bank['connect'] = (extras) => {
    const client = createCountersignClient({
      url: network.url,
      token: server.serviceKey,
      reconnect: quickly,
      ...options,
      ...extras,
    });
    clients.push(client);
    return client;
  };
  return {
    server,
    network,
    client: connect(),
    connect,
    transferOf: (amountCents) => ({
      slug: 'transfer',
      subjectId: 'ada',
      data: { to: 'GB29', amountCents },
      deliverTo: { channel: 'email', address: 'ada@example.org' },
    }),
    newestCode: () => server.inbox.messages()[0]!.code,
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.close();
      await network[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
