import { createAdaptorServer } from '@hono/node-server';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Hono, type Context } from 'hono';
import { methodOverride } from 'hono/method-override';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Authorization, AuthorizationRequestView } from '@countersign/core';
import type { Countersign, HttpActor } from '../../src/index.ts';
import { transfer } from '../support/transfer.ts';
import { Payment, type Ledger } from './bank.ts';

/** What a client may make of a handler, by a header: how it ends after it has written. */
type End = 'throw' | 'conflict' | 'no-commit' | 'well';

type Transfer = { readonly to: string; readonly amountCents: number };
type Variables = { authorization: Authorization<Transfer>; em: EntityManager };

/** The host's own session, as its header has it: `ada/session-1`. */
function sessionOf(headers: Headers): HttpActor {
  const [subjectId, sessionId = null] = headers.get('x-session')?.split('/') ?? [];
  return subjectId === undefined ? null : { kind: 'subject', subjectId, sessionId };
}

const endOf = (headers: Headers): End => (headers.get('x-end') as End | null) ?? 'well';

/** A host with guarded routes on a real port, by each door the same. */
export interface HttpBank extends AsyncDisposable {
  readonly url: string;
  /** How often a handler ran, by whom it was authorized. */
  readonly runs: string[];
  /** What handlers were given. */
  readonly given: Authorization<Transfer>[];
  /** What a handler read of the body by itself. */
  readonly bodies: unknown[];
}

export async function openHttpBank(cs: Countersign, { orm }: Ledger): Promise<HttpBank> {
  const guard = cs.guard(transfer);
  const runs: string[] = [];
  const bodies: unknown[] = [];
  const given: Authorization<Transfer>[] = [];
  const actor = ({ headers }: Request): HttpActor => sessionOf(headers);
  const actorOf = (c: Context): HttpActor => sessionOf(c.req.raw.headers);

  async function pay(
    em: EntityManager,
    authorization: Authorization<Transfer>,
    headers: Headers,
  ): Promise<number> {
    const { data, id } = authorization;
    runs.push(id);
    given.push(authorization);
    em.create(Payment, { id: randomUUID(), ...data, authorizationRequestId: id });
    await em.flush();
    switch (endOf(headers)) {
      case 'throw':
        throw new Error('the bank changed its mind');
      case 'conflict':
        return 409;
      case 'no-commit':
        // Looked at when the transaction commits, and not before.
        await em.execute('INSERT INTO bank.once VALUES (1), (1)');
        return 200;
      case 'well':
        return 200;
    }
  }
  const said = ({ data, id }: Authorization<Transfer>, status: number): Response =>
    Response.json({ paid: data.amountCents, by: id }, { status });

  await orm.em.execute('CREATE TABLE bank.once (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)');
  const app = new Hono<{ Variables: Variables }>();
  app.onError((error, c) => c.text(error.message, 500));

  app.all('/hono/transfers', guard.hono({ actor: actorOf, em: () => orm.em.fork() }), async (c) => {
    const { authorization, em } = c.var;
    bodies.push(await c.req.json());
    return said(authorization, await pay(em, authorization, c.req.raw.headers));
  });
  app.post('/hono/at-once', guard.hono({ actor: actorOf, stepUpChallenge: true }), async (c) => {
    const { authorization } = c.var;
    return said(authorization, await pay(orm.em.fork(), authorization, c.req.raw.headers));
  });
  app.post('/hono/read-before', async (c, next) => {
    await c.req.text();
    await next();
  });
  app.post('/hono/read-before', guard.hono({ actor: actorOf, em: () => orm.em.fork() }), async (c) =>
    said(c.var.authorization, await pay(c.var.em, c.var.authorization, c.req.raw.headers)),
  );
  app.post(
    '/hono/to/:to',
    guard.hono({
      actor: actorOf,
      data: async (c: Context) => ({ ...(await c.req.json<object>()), to: c.req.param('to') }),
    }),
    async (c) => said(c.var.authorization, await pay(orm.em.fork(), c.var.authorization, c.req.raw.headers)),
  );
  app.post(
    '/hono/twice',
    guard.hono({ actor: actorOf, em: () => orm.em.fork() }),
    guard.hono({ actor: actorOf }),
  );
  app.use('/hono/overridden', methodOverride({ app, header: 'x-http-method-override' }));
  app.put('/hono/overridden', guard.hono({ actor: actorOf }), (c) => said(c.var.authorization, 200));
  // By a credential of ours: what a token opens is asked by cs.rest alone.
  app.post(
    '/hono/by-token',
    cs.rest.hono(),
    guard.hono({ actor: (c: Context) => c.get('auth') as HttpActor }),
    (c) => said(c.var.authorization, 200),
  );
  app.post(
    '/hono/unasked',
    guard.hono({ actor: async (c: Context) => await cs.authenticate(c.req.raw) }),
    (c) => said(c.var.authorization, 200),
  );

  app.all('/fetch/transfers', (c) =>
    guard.handle(c.req.raw, { actor, em: () => orm.em.fork() }, async ({ authorization, tx, request }) => {
      bodies.push(await request.json());
      return said(authorization, await pay(tx, authorization, request.headers));
    }),
  );
  app.post('/fetch/at-once', (c) =>
    guard.handle(c.req.raw, { actor, stepUpChallenge: true }, async ({ authorization, tx, request }) => {
      if (tx !== null) throw new Error('there is no transaction');
      return said(authorization, await pay(orm.em.fork(), authorization, request.headers));
    }),
  );
  app.post('/fetch/read-before', async (c) => {
    const text = await c.req.raw.text();
    return await guard.handle(
      c.req.raw,
      { actor, data: () => JSON.parse(text) as unknown, em: () => orm.em.fork() },
      async ({ authorization, tx, request }) =>
        said(authorization, await pay(tx, authorization, request.headers)),
    );
  });
  app.post('/fetch/to/:to', (c) =>
    guard.handle(
      c.req.raw,
      {
        actor,
        data: async (request) => ({ ...((await request.json()) as object), to: c.req.param('to') }),
      },
      async ({ authorization, request }) =>
        said(authorization, await pay(orm.em.fork(), authorization, request.headers)),
    ),
  );
  app.post('/fetch/twice', (c) =>
    guard.handle(c.req.raw, { actor, em: () => orm.em.fork() }, async ({ request }) =>
      guard.handle(request, { actor }, ({ authorization }) => said(authorization, 200)),
    ),
  );
  app.post('/fetch/by-token', (c) =>
    cs.rest(c.req.raw, (request) =>
      guard.handle(request, { actor: () => request.auth }, ({ authorization }) => said(authorization, 200)),
    ),
  );
  app.post('/fetch/unasked', (c) =>
    guard.handle(c.req.raw, { actor: (request) => cs.authenticate(request) }, ({ authorization }) =>
      said(authorization, 200),
    ),
  );

  const http = createAdaptorServer({ fetch: app.fetch }) as Server;
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    runs,
    bodies,
    given,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

/** What a refusal of a guarded route says. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly authorizationRequest?: AuthorizationRequestView;
}
