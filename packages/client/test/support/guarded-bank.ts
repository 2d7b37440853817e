import {
  defineOperation,
  otp,
  type Actor,
  type Countersign,
  type CountersignContext,
} from '@countersign/server';
import { startTestServer, type TestServer } from '@countersign/server/testing';
import { initTRPC, TRPCError } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { createCountersignClient, type ClientOptions, type CountersignClient } from '../../src/index.ts';
import type { TransformerOption } from '../../src/transformer.ts';
import { quickly } from './bank.ts';
import { openFaultyNetwork, type FaultyNetwork } from './faulty-network.ts';

const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int().positive() }),
  title: 'Transfer money',
  facts: ({ to, amountCents }) => ({ To: to, Amount: `€ ${amountCents / 100}` }),
});

export type Transfer = z.output<typeof transfer.data>;

/** What a resolver did, once for each time it ran. */
export interface Run extends Transfer {
  readonly subjectId: string;
  readonly procedure: 'transfer' | 'pay' | 'plain';
}

/** A host that guards its mutations, with Countersign nested in its router, behind a network that can fail. */
export interface GuardedBank extends AsyncDisposable {
  readonly server: TestServer;
  readonly network: FaultyNetwork;
  readonly transformer: TransformerOption;
  readonly runs: Run[];
  /** Whoever calls by these addresses is this subject, in one session. */
  person(subjectId: string): Person;
  /** Awaited by every resolver before it answers. */
  hold: Promise<void> | undefined;
}

export interface Person {
  /** The endpoint of the host's router over HTTP; with `ws` in place of `http` over a WebSocket. */
  readonly url: string;
  /** A route that is no tRPC: POST of a transfer, answered 428 with problem details. */
  readonly plainUrl: string;
  /** A Countersign client of this person's; closed with the bank. */
  connect(options?: Partial<ClientOptions>): CountersignClient;
  approve(id: string): Promise<void>;
  deny(id: string): Promise<void>;
  /** Every request of this person's, the oldest first, with its state. */
  requests(): Promise<{ id: string; state: string; consumedAt: Date | null }[]>;
  runs(): Run[];
}

export async function openGuardedBank(transformer: TransformerOption = null): Promise<GuardedBank> {
  const codes = new Map<string, string>();
  const method = otp({
    send: async ({ request, code }) => void codes.set((request as { id: string }).id, code),
    resolve: ({ subjectId }) => ({ channel: 'email', address: `${subjectId}@example.org` }),
  });
  const server = await startTestServer({ operations: { transfer }, methods: [method] });
  const runs: Run[] = [];
  const clients: CountersignClient[] = [];
  const ran = async (run: Run): Promise<Sent> => {
    runs.push(run);
    await bank.hold;
    return { sent: run.amountCents, number: runs.length, at: new Date(0) };
  };
  const plain: PlainRoute = (request, actor) =>
    server.cs.guard(transfer).handle(request, { actor: () => actor }, async ({ authorization }) => {
      const { subjectId } = authorization.receipt;
      return Response.json(await ran({ ...authorization.data, subjectId, procedure: 'plain' }));
    });
  const host = await serve(server.cs, guardedRouter(server.cs, transformer, ran), plain);
  const network = await openFaultyNetwork(host.port);

  const bank: GuardedBank = {
    server,
    network,
    transformer,
    runs,
    hold: undefined,
    person(subjectId) {
      const caller = server.cs.createCaller(actorOf(subjectId));
      const base = `http://127.0.0.1:${network.port}/as/${subjectId}`;
      return {
        url: `${base}/trpc`,
        plainUrl: `${base}/transfers`,
        connect(options) {
          const client = createCountersignClient({
            url: `${base}/trpc`,
            path: 'countersign',
            transformer,
            reconnect: quickly,
            timing: { idleMilliseconds: 20 },
            ...options,
          });
          clients.push(client);
          return client;
        },
        async approve(id) {
          const proof = { method: 'otp', code: codes.get(id) ?? '' } as const;
          const { granted } = await caller.authorizationRequest.grant({ id, proof });
          if (!granted) throw new Error('the code was wrong');
        },
        deny: async (id) => void (await caller.authorizationRequest.deny({ id })),
        async requests() {
          const { items } = await caller.authorizationRequest.list();
          return items.toReversed();
        },
        runs: () => runs.filter((run) => run.subjectId === subjectId),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.close();
      await network[Symbol.asyncDispose]();
      await host.close();
      await server[Symbol.asyncDispose]();
    },
  };
  return bank;
}

function actorOf(subjectId: string): Actor {
  return { kind: 'subject', subjectId, sessionId: 'session' };
}

interface Sent {
  readonly sent: number;
  /** Of how many runs, all people together. */
  readonly number: number;
  readonly at: Date;
}

function guardedRouter(cs: Countersign, transformer: TransformerOption, ran: (run: Run) => Promise<Sent>) {
  const options: object = transformer === null ? {} : { transformer };
  const t = initTRPC.context<CountersignContext>().create(options);
  return t.router({
    countersign: cs.router,
    bank: t.router({
      transfer: t.procedure.concat(cs.guard(transfer)).mutation(({ ctx: { authorization } }) =>
        ran({
          ...authorization.data,
          subjectId: authorization.receipt.subjectId,
          procedure: 'transfer',
        }),
      ),
      /** The same operation by another way. */
      pay: t.procedure
        .input(transfer.data)
        .use(cs.guard(transfer).middleware)
        .mutation(({ ctx: { authorization }, input }) =>
          ran({ ...input, subjectId: authorization.receipt.subjectId, procedure: 'pay' }),
        ),
      rename: t.procedure.input(z.string()).mutation(({ input }) => `renamed ${input}`),
      refuse: t.procedure.mutation(() => {
        throw new TRPCError({ code: 'PRECONDITION_REQUIRED', message: 'read the terms first' });
      }),
      balance: t.procedure.query(() => 250_000),
      ticks: t.procedure.subscription(async function* () {
        yield 1;
        yield 2;
      }),
    }),
  });
}

export type GuardedRouter = ReturnType<typeof guardedRouter>;

async function serve(cs: Countersign, router: GuardedRouter, plain: PlainRoute) {
  const subjects = new WeakMap<IncomingMessage, string>();
  const createContext = ({ req }: { req: IncomingMessage }) =>
    cs.context(actorOf(subjects.get(req) ?? addressOf(req).subjectId));
  const trpc = createHTTPHandler({ router, basePath: '/trpc/', createContext });

  const http = createServer((request, response) => {
    const { subjectId, rest } = addressOf(request);
    subjects.set(request, subjectId);
    request.url = rest;
    if (rest.startsWith('/trpc/')) trpc(request, response);
    else if (request.method !== 'POST') response.writeHead(404).end();
    else void answer(request, response, (asked) => plain(asked, actorOf(subjectId)));
  });

  const wss = new WebSocketServer({ server: http });
  applyWSSHandler({ wss, router, createContext });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: (http.address() as AddressInfo).port,
    async close() {
      for (const socket of wss.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

type PlainRoute = (request: Request, actor: Actor) => Promise<Response>;

/** Answers a request of Node's by what answers one of the Fetch API. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handle: (asked: Request) => Promise<Response>,
): Promise<void> {
  const { method = '', headers } = request;
  const asked = new Request('http://bank.test/transfers', {
    method,
    headers: { 'content-type': headers['content-type'] ?? '' },
    body: await text(request),
  });
  const answered = await handle(asked);
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(await answered.text());
}

/** `/as/ada/trpc/…` is Ada's `/trpc/…`. */
function addressOf({ url = '' }: IncomingMessage): { subjectId: string; rest: string } {
  const [, subjectId = '', rest = '/'] = /^\/as\/([^/]+)(\/.*)$/.exec(url) ?? [];
  return { subjectId, rest };
}
