import { createTRPCClient, httpBatchLink, TRPCClientError } from '@trpc/client';
import { initTRPC, type TRPCDataTransformer } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { AddressInfo } from 'node:net';
import { SuperJSON } from 'superjson';
import { beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { Actor } from '@countersign/core';
import type { CountersignContext, CountersignErrorData } from '../../src/index.ts';
import { sharedServer } from '../support/shared-server.ts';
import { openSocket } from '../support/socket.ts';
import { transfer } from '../support/transfer.ts';
import { mailedCodes } from './approve.ts';
import { endpointOf } from './bank.ts';

const { method, approve } = mailedCodes();
const server = sharedServer({ methods: [method], operations: { transfer } });
let count = 0;
let ada: Actor;
let data: { to: string; amountCents: number };
beforeEach(() => {
  count += 1;
  ada = { kind: 'subject', subjectId: `ada-${count}`, sessionId: 'session' };
  data = { to: `GB${count}`, amountCents: 250_000 };
});

/** A host whose formatter tells everything: stack, cause, input. */
const tellingFormatter = {
  isDev: true,
  errorFormatter: ({ shape, error }: { shape: object; error: Error }) => ({
    ...shape,
    message: `host says: ${error.message}`,
    data: { stack: error.stack, cause: String(error.cause), host: true },
  }),
};

const hosts: readonly { name: string; transformer?: TRPCDataTransformer }[] = [
  { name: 'plain JSON' },
  { name: 'superjson', transformer: SuperJSON },
  {
    name: 'a transformer of its own',
    transformer: {
      serialize: (value: unknown) => ({ own: JSON.stringify(value ?? null) }),
      deserialize: (value: { own: string }) => JSON.parse(value.own) as unknown,
    },
  },
];

describe.each(hosts)('in a host with $name and a formatter that tells everything', ({ transformer }) => {
  const routerOf = () => {
    const t = initTRPC
      .context<CountersignContext>()
      .create({ ...tellingFormatter, ...(transformer && { transformer }) });
    return t.router({
      concat: t.procedure.concat(server().cs.guard(transfer)).mutation(({ ctx }) => ctx.authorization.id),
      use: t.procedure
        .input(transfer.data)
        .use(server().cs.guard(transfer).middleware)
        .mutation(({ ctx }) => ctx.authorization.id),
      fails: t.procedure.concat(server().cs.guard(transfer)).mutation(() => {
        throw new Error("the host's own");
      }),
    });
  };
  const encode = (input: unknown): unknown => (transformer ? transformer.serialize(input) : input);
  const decode = (output: unknown): unknown => (transformer ? transformer.deserialize(output) : output);
  const call = (path: string, input: unknown) =>
    endpointOf(routerOf(), () => server().cs.context(ada), encode)(path, input);

  it.each(['concat', 'use'])('answers 428 with the request and nothing else, by .%s()', async (path) => {
    const answer = await call(path, data);
    expect(answer.status).toBe(428);
    const { error } = (await answer.json()) as { error: unknown };
    const shape = decode(error) as { message: string; data: CountersignErrorData };
    expect(shape.data).toMatchObject({
      code: 'PRECONDITION_REQUIRED',
      httpStatus: 428,
      reason: 'authorization_required',
    });
    expect(shape.data.authorizationRequest).toMatchObject({ slug: 'transfer', data, state: 'waiting' });
    expect(Object.keys(shape.data).sort()).toEqual(['authorizationRequest', 'code', 'httpStatus', 'reason']);
    expect(shape.message).not.toContain('host says');
    await approve(server().cs, ada, shape.data.authorizationRequest as { id: string });
    const paid = (await (await call(path, data)).json()) as { result: { data: unknown } };
    expect(decode(paid.result.data)).toBe((shape.data.authorizationRequest as { id: string }).id);
  });

  it('leaves what the resolver throws, and what the input lacks, to the host', async () => {
    const wrong = decode(((await (await call('concat', { to: 1 })).json()) as { error: unknown }).error);
    expect(wrong).toMatchObject({ data: { host: true } });
    const refused = decode(((await (await call('fails', data)).json()) as { error: unknown }).error) as {
      data: CountersignErrorData;
    };
    await approve(server().cs, ada, refused.data.authorizationRequest as { id: string });
    const failed = decode(((await (await call('fails', data)).json()) as { error: unknown }).error);
    expect(failed).toMatchObject({ message: "host says: the host's own", data: { host: true } });
  });

  it('refuses an input that would reach a prototype before its schema sees it', async () => {
    const hostile = JSON.parse(
      '{"to":"x","amountCents":1,"constructor":{"prototype":{"polluted":1}}}',
    ) as unknown;
    // As an attacker writes it: superjson itself would refuse to.
    const sent = transformer === SuperJSON ? { json: hostile } : encode(hostile);
    const answer = await endpointOf(routerOf(), () => server().cs.context(ada))('concat', sent);
    expect(answer.status).toBe(400);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('the same call again', () => {
  const routerOf = () => {
    const t = initTRPC.context<CountersignContext>().create();
    return t.router({
      transfer: t.procedure.concat(server().cs.guard(transfer)).mutation(({ ctx }) => ctx.authorization.id),
    });
  };

  it('works in a batch: each call is asked for by itself', async () => {
    const client = createTRPCClient<ReturnType<typeof routerOf>>({
      links: [
        httpBatchLink({
          url: 'http://bank.example/api',
          fetch: (url, init) =>
            fetchRequestHandler({
              endpoint: '/api',
              router: routerOf(),
              createContext: () => server().cs.context(ada),
              req: new Request(String(url), init as RequestInit),
            }),
        }),
      ],
    });
    const inputs = [data, { ...data, amountCents: 1 }, { ...data, amountCents: 2 }];
    const attempt = () =>
      Promise.all(
        inputs.map((input) =>
          client.transfer.mutate(input).catch((error: unknown) => {
            if (error instanceof TRPCClientError)
              return (error.data as { authorizationRequest: { id: string } }).authorizationRequest;
            throw error;
          }),
        ),
      );
    const [first, second, third] = (await attempt()) as { id: string }[];
    expect(new Set([first, second, third].map((one) => one?.id)).size).toBe(3);
    expect((await attempt()).map((one) => (one as { id: string }).id)).toEqual([
      first?.id,
      second?.id,
      third?.id,
    ]);
    await approve(server().cs, ada, third!);
    const [still, waits, ran] = await attempt();
    expect([(still as { id: string }).id, (waits as { id: string }).id, ran]).toEqual([
      first?.id,
      second?.id,
      third?.id,
    ]);
  });

  it('works over a WebSocket of the host, also beside others', async () => {
    const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    applyWSSHandler({ wss, router: routerOf(), createContext: () => server().cs.context(ada) });
    await new Promise((resolve) => wss.once('listening', resolve));
    using socket = await openSocket((wss.address() as AddressInfo).port);
    let lastId = 0;
    const call = async () => {
      const id = (lastId += 1);
      socket.send({ id, method: 'mutation', params: { path: 'transfer', input: data } });
      return (await socket.answer((one) => one.id === id)) as {
        result?: { data: unknown };
        error?: { data: { reason: string; authorizationRequest: { id: string } } };
      };
    };
    const refused = await call();
    expect(refused.error?.data.reason).toBe('authorization_required');
    await approve(server().cs, ada, refused.error!.data.authorizationRequest);
    const answers = await Promise.all(Array.from({ length: 20 }, call));
    expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(1);
    wss.close();
  });
});
