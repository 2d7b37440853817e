import { defineEntity, p } from '@mikro-orm/core';
import { MikroORM, type EntityManager } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { randomUUID } from 'node:crypto';
import type { Actor } from '@countersign/core';
import type { Countersign, CountersignContext } from '../../src/index.ts';
import type { TestServer } from '../../testing/index.ts';
import { transfer } from '../support/transfer.ts';

export const Payment = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id: p.uuid().primary(),
    to: p.text(),
    amountCents: p.integer(),
    authorizationRequestId: p.text(),
  },
});

/** A host's ledger in the database of Countersign, in a schema of its own. */
export interface Ledger extends AsyncDisposable {
  readonly orm: MikroORM;
  payments(): Promise<{ to: string; amountCents: number; authorizationRequestId: string }[]>;
}

export async function openLedger({ database }: TestServer): Promise<Ledger> {
  const orm = await MikroORM.init({
    clientUrl: database.url,
    driverOptions: { connectionString: database.url },
    entities: [Payment],
    schema: 'bank',
    ensureDatabase: false,
    pool: { min: 0, max: 10 },
  });
  await orm.em.execute(`CREATE SCHEMA bank;
    CREATE TABLE bank.payment (id uuid PRIMARY KEY, "to" text NOT NULL, amount_cents integer NOT NULL,
      authorization_request_id text NOT NULL);`);
  return {
    orm,
    payments: async () => {
      const all = await orm.em.fork().findAll(Payment, {});
      return all.map(({ to, amountCents, authorizationRequestId }) => ({
        to,
        amountCents,
        authorizationRequestId,
      }));
    },
    async [Symbol.asyncDispose]() {
      await orm.close(true);
    },
  };
}

export interface BankContext extends CountersignContext {
  readonly em: EntityManager;
  /** What the resolver does after it has written. */
  readonly afterwards?: (() => void | Promise<void>) | undefined;
}

/** A host whose transfers are guarded, in its own transaction. */
export function bankRouter(cs: Countersign) {
  const t = initTRPC.context<BankContext>().create();
  return t.router({
    transfer: t.procedure.concat(cs.guard(transfer)).mutation(async ({ ctx, input }) => {
      const { authorization, em } = ctx;
      em.create(Payment, {
        id: randomUUID(),
        ...authorization.data,
        authorizationRequestId: authorization.id,
      });
      await em.flush();
      await ctx.afterwards?.();
      return { paid: input.amountCents, by: authorization.id };
    }),
  });
}

export const ada: Actor = { kind: 'subject', subjectId: 'ada', sessionId: 'session-1' };

/** A tRPC endpoint of a host's over the Fetch API, called like a browser would. */
export function endpointOf(
  router: Parameters<typeof fetchRequestHandler>[0]['router'],
  contextOf: () => object,
  encode: (input: unknown) => unknown = (input) => input,
) {
  return async (path: string, input: unknown): Promise<Response> =>
    await fetchRequestHandler({
      endpoint: '/api',
      router,
      createContext: contextOf,
      req: new Request(`http://bank.example/api/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(encode(input)),
      }),
    });
}
