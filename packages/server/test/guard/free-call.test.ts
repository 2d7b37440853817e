import { defineOperation, type Actor } from '@countersign/core';
import { initTRPC } from '@trpc/server';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CountersignContext, HttpActor } from '../../src/index.ts';
import { sharedServer } from '../support/shared-server.ts';
import { mailedCodes, refusalOf } from './approve.ts';
import type { Problem } from './http-bank.ts';

/** What is sent is not what is judged: the schema reads it. */
const payout = defineOperation({
  slug: 'payout',
  data: z.object({ to: z.string(), cents: z.union([z.number(), z.string().transform(Number.parseFloat)]) }),
  title: 'Pay out',
  when: ({ cents }) => cents > 1000,
});

const { method, approve } = mailedCodes();
const server = sharedServer({ methods: [method], operations: { payout } });
const t = initTRPC.context<CountersignContext>().create();
const ada = { kind: 'subject', subjectId: 'ada', sessionId: 'session' } as const;

const requestOf = (cents: unknown): Request =>
  new Request('http://bank.test/payouts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: 'GB29', cents, note: 'unread' }),
  });

type Door = (actor: HttpActor, request: Request) => Promise<Response>;

/** Each answers with the values that its handler was given. */
const doors: readonly (readonly [string, Door])[] = [
  [
    'fetch',
    (actor, request) =>
      server()
        .cs.guard(payout)
        .handle(request, { actor: () => actor }, ({ data }) => Response.json(data)),
  ],
  [
    'hono',
    async (actor, request) => {
      const app = new Hono();
      app.post(
        '/payouts',
        server()
          .cs.guard(payout)
          .hono({ actor: () => actor }),
        (c) => c.json(c.var.data),
      );
      return await app.fetch(request);
    },
  ],
];

const nobodyElse: readonly (readonly [string, Actor])[] = [
  ['an operator', { kind: 'operator' }],
  ['a service', { kind: 'service' }],
  ['a device, whose holder nobody has signed in', { kind: 'device', subjectId: 'ada', factorId: 'f' }],
];

describe.each(doors)('a guarded route (%s), where nobody has to be asked', (_, call) => {
  it('gives its handler the values that were judged, and not those that were sent', async () => {
    const answer = await call(ada, requestOf('5e2 000 000'));
    expect(await answer.json()).toEqual({ to: 'GB29', cents: 500 });
  });

  it('gives it the authorized ones by the same name where somebody had to be', async () => {
    const { authorizationRequest } = (await (await call(ada, requestOf('5000'))).json()) as Problem;
    await approve(server().cs, ada, authorizationRequest!);
    expect(await (await call(ada, requestOf('5000'))).json()).toEqual({ to: 'GB29', cents: 5000 });
  });

  it.each(nobodyElse)('runs for no other than a subject: not for %s', async (_name, actor) => {
    const answer = await call(actor, requestOf(1));
    expect([answer.status, await answer.json()]).toMatchObject([403, { reason: 'forbidden' }]);
  });

  it('needs no session', async () => {
    expect((await call({ ...ada, sessionId: null }, requestOf(1))).status).toBe(200);
    expect((await call({ ...ada, sessionId: null }, requestOf(5000))).status).toBe(403);
  });
});

describe('a guarded procedure, where nobody has to be asked', () => {
  const caller = (actor: Actor) =>
    t
      .router({ payout: t.procedure.concat(server().cs.guard(payout)).mutation(({ input }) => input) })
      .createCaller(server().cs.context(actor));

  it.each(nobodyElse)('runs for no other than a subject: not for %s', async (_name, actor) => {
    const { code, reason } = await refusalOf(caller(actor).payout({ to: 'GB29', cents: 1 }));
    expect([code, reason]).toEqual(['FORBIDDEN', 'forbidden']);
  });

  it('needs no session', async () => {
    const nowhere = caller({ ...ada, sessionId: null });
    expect(await nowhere.payout({ to: 'GB29', cents: '7' })).toEqual({ to: 'GB29', cents: 7 });
    expect((await refusalOf(nowhere.payout({ to: 'GB29', cents: 5000 }))).reason).toBe('forbidden');
  });
});
