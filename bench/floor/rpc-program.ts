/** The bare adapters, and a procedure that does nothing: what any tRPC server costs. */
import { createAdaptorServer } from '@hono/node-server';
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { answerParent } from '../answer-parent.ts';

const t = initTRPC.create();
const router = t.router({ empty: t.procedure.query(() => []) });
const server = createAdaptorServer({
  fetch: (req) => fetchRequestHandler({ endpoint: '/trpc', req, router, createContext: () => ({}) }),
}) as Server;
applyWSSHandler({ wss: new WebSocketServer({ server }), router, createContext: () => ({}) });
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

answerParent(
  { port: (server.address() as AddressInfo).port },
  () => process.cpuUsage(),
  () => Promise.resolve(),
);
