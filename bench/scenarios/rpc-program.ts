/** Our server, with the doors and the middleware of `serve`, and in it a procedure that does nothing. */
import { randomBytes } from 'node:crypto';
import { createCountersign, otp } from '@countersign/server';
import { defaultLimits } from '@countersign/core';
import { createEventStreams } from '../../packages/server/src/http/event-streams.ts';
import { createHttpHandler } from '../../packages/server/src/http/handler.ts';
import { listen } from '../../packages/server/src/http/listen.ts';
import { authorizationRequest } from '../../packages/server/src/procedures/authorization-request/index.ts';
import { createPlaces } from '../../packages/server/src/stream/places.ts';
import { procedure } from '../../packages/server/src/trpc/procedure.ts';
import { t } from '../../packages/server/src/trpc/trpc.ts';
import { attachWebSocket } from '../../packages/server/src/websocket/attach.ts';
import { z } from 'zod';
import { answerParent, orderOfParent } from '../answer-parent.ts';

export interface RpcOrder {
  readonly database: string;
  /** Of every message. */
  readonly code: string;
}

export interface RpcAt {
  readonly port: number;
  readonly authorization: string;
}

const { database, code } = orderOfParent() as RpcOrder;
const many = 1_000_000;
const serviceKey = `csk_${randomBytes(32).toString('base64url')}`;
const cs = await createCountersign({
  serviceKey,
  issuer: 'Bench',
  audience: 'bench.example',
  secret: randomBytes(32).toString('base64'),
  database,
  methods: [otp({ send: () => Promise.resolve(), generate: () => code })],
  limits: {
    ...defaultLimits,
    sendsPerSubjectDayMax: many,
    sendsPerRecipientDayMax: many,
    sendsPerRecipient10MinutesMax: many,
  },
  sweep: false,
});
const router = t.router({
  empty: procedure('bench.empty').query(() => []),
  parsed: procedure('bench.parsed')
    .input(z.strictObject({}).default({}))
    .output(z.array(z.never()))
    .query(() => []),
  authorizationRequest: t.router(authorizationRequest),
});
const logger = { debug() {}, info() {}, warn() {}, error: console.error };
const services = { router, origins: [], logger };
const listener = await listen({ port: 0, host: '127.0.0.1' });
listener.answerWith(
  createHttpHandler({
    ...services,
    core: cs.core,
    streams: createEventStreams(),
    contextOf: async (request) => cs.context(await cs.authenticate(request), { request }),
  }),
);
attachWebSocket(listener.server, {
  ...services,
  connections: createPlaces(many),
  credentials: cs.context(null).countersign.credentials,
  identify: ({ authorizations: [authorization = ''] }) =>
    cs.authenticate(new Request('http://localhost', { headers: { authorization } })),
  contextOf: (caller, socket) => cs.context(caller, { socket }),
});

answerParent(
  { port: listener.port, authorization: `Bearer ${serviceKey}` } satisfies RpcAt,
  () => process.cpuUsage(),
  async () => {
    listener.server.closeAllConnections();
    await cs.close();
  },
);
