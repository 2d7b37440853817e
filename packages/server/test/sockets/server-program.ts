/** A server in a process of its own, whose memory can be asked for. Started by server-process.ts. */
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { startStreamServer } from '../support/stream-server.ts';

/** What a parent may ask, and what it is told. */
export type Question = 'memory' | 'errors' | 'handed out';
export interface Ready {
  /** Our own procedures, for the service. */
  readonly port: number;
  readonly authorization: string;
  /** Streams made to press against the limits, for anybody. */
  readonly streamPort: number;
  /** The same streams behind tRPC's adapter alone. */
  readonly naivePort: number;
}
export interface Memory {
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** Its header, and its place in a list. */
const bytesPerText = 24;

const server = await startStreamServer();
const { cs, port, credential, log } = server.server;
const naive = new WebSocketServer({ port: 0, host: '127.0.0.1' });
applyWSSHandler({
  wss: naive,
  router: server.router,
  createContext: () => cs.context({ kind: 'service' }),
});
await new Promise((resolve) => (naive.address() === null ? naive.once('listening', resolve) : resolve(null)));

/** What is in use when nothing is left that could be collected, without the log that the test server keeps. */
async function memory(): Promise<Memory> {
  for (let turn = 0; turn < 4; turn += 1) {
    globalThis.gc?.();
    await sleep(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const logBytes = log.reduce((sum, line) => sum + line.length + bytesPerText, 0);
  return { heapBytes: heapUsed + external - logBytes, rssBytes: rss };
}

process.on('message', (question: Question) => {
  const answers: Readonly<Record<Question, () => unknown>> = {
    memory,
    errors: () => log.filter((line) => line.includes('"level":"error"')),
    'handed out': server.handedOut,
  };
  void Promise.resolve(answers[question]()).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
process.send?.({
  port,
  authorization: credential.authorization,
  streamPort: server.port,
  naivePort: (naive.address() as AddressInfo).port,
} satisfies Ready);
