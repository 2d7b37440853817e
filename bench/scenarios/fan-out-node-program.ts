/** One node of several, with its streams. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCountersign } from '@countersign/server';
import { answerParent, orderOfParent } from '../answer-parent.ts';
import type { RpcAt } from './rpc-program.ts';

export interface NodeOrder {
  readonly database: string;
  readonly secret: string;
  readonly serviceKey: string;
}

const order = orderOfParent() as NodeOrder;
const cs = await createCountersign({ ...order, issuer: 'Bench', audience: 'bench.example', methods: [] });
const server = createServer();
cs.attachWebSocket(server);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answerParent(
  {
    port: (server.address() as AddressInfo).port,
    authorization: `Bearer ${order.serviceKey}`,
  } satisfies RpcAt,
  () => ({ processorMs: process.cpuUsage().user / 1000 + process.cpuUsage().system / 1000 }),
  async () => {
    server.close();
    server.closeAllConnections();
    await cs.close();
  },
);
