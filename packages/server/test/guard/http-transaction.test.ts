import { defineOperation, type TransactionHandle } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { Hono, type Context } from 'hono';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HttpActor } from '../../src/index.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { mailedCodes } from './approve.ts';
import type { Problem } from './http-bank.ts';

/** Above a limit only. */
const payout = defineOperation({
  slug: 'payout',
  data: z.strictObject({ account: z.string(), cents: z.number().int() }),
  title: 'Pay out',
  when: ({ cents }) => cents > 1000,
});

const { method, approve } = mailedCodes();
let server: TestServer;
let pool: pg.Pool;
let count = 0;
let actor: HttpActor & { readonly kind: 'subject' };
let data: { readonly account: string; readonly cents: number };

beforeAll(async () => {
  server = await startTestServer({ methods: [method], operations: { payout } });
  pool = new pg.Pool({ connectionString: server.database.url, max: 5 });
  await pool.query('CREATE TABLE paid (account text, cents integer)');
});
afterAll(async () => {
  await pool.end();
  await server[Symbol.asyncDispose]();
});
beforeEach(() => {
  count += 1;
  actor = { kind: 'subject', subjectId: `ada-${count}`, sessionId: 's' } as never;
  data = { account: `GB${count}`, cents: 5000 };
});

/** As hosts write it for a pool of `pg`. */
async function inTransaction<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const requestOf = (body: object = data): Request =>
  new Request('http://bank.test/payouts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const pay = (client: pg.ClientBase, { account, cents } = data) =>
  client.query('INSERT INTO paid VALUES ($1, $2)', [account, cents]);
const paid = async () =>
  (await pool.query<typeof data>('SELECT account, cents FROM paid WHERE account = $1', [data.account])).rows;

/** Behind the guard, in a transaction of a `pg` client: the handler's last word is `end`. */
async function handle(request: Request, end: () => Response): Promise<Response> {
  return await server.cs.guard(payout).handle(
    request,
    {
      actor: () => actor,
      transaction: (work: (tx: pg.PoolClient) => Promise<Response>) => inTransaction(work),
    },
    async ({ authorization, tx }) => {
      await pay(tx, authorization?.data ?? data);
      return end();
    },
  );
}

const well = (): Response => new Response('paid');

async function grant(): Promise<void> {
  const { authorizationRequest } = (await (await handle(requestOf(), well)).json()) as Problem;
  await approve(server.cs, actor, authorizationRequest!);
}

describe('a guarded handler in a transaction of another kind', () => {
  it('commits with the consumption, and not at all when it fails', async () => {
    await grant();
    expect((await handle(requestOf(), () => new Response(null, { status: 422 }))).status).toBe(422);
    expect(await paid()).toEqual([]);
    expect((await handle(requestOf(), well)).status).toBe(200);
    expect(await paid()).toEqual([data]);
    expect((await handle(requestOf(), well)).status).toBe(428);
  });

  it('may be tried again with the same request when it has thrown', async () => {
    await grant();
    const request = requestOf();
    const busy = new Error('try again');
    await expect(
      handle(request, () => {
        throw busy;
      }),
    ).rejects.toBe(busy);
    expect((await handle(request, well)).status).toBe(200);
    expect(request.bodyUsed).toBe(false);
    expect(await paid()).toHaveLength(1);
  });

  it('runs in it without a question where the operation asks none, and fails in it as well', async () => {
    data = { ...data, cents: 1000 };
    expect((await handle(requestOf(), () => Response.error())).status).toBe(0);
    expect((await handle(requestOf(), () => new Response(null, { status: 500 }))).status).toBe(500);
    expect(await paid()).toEqual([]);
    expect((await handle(requestOf(), well)).status).toBe(200);
    expect(await paid()).toEqual([data]);
  });

  it.each([1000, 5000])(
    'hands on what its transaction throws, and never an answer that it kept back (%i)',
    async (cents) => {
      data = { ...data, cents };
      if (cents > 1000) await grant();
      const rolledBack = (end: () => never) =>
        server.cs.guard(payout).handle(
          requestOf(),
          {
            actor: () => actor,
            transaction: (work: (tx: pg.PoolClient) => Promise<Response>) =>
              inTransaction(async (tx) => {
                await work(tx);
                throw new Error('taken');
              }).catch(end),
          },
          async ({ tx, data: values }) => {
            await pay(tx, values);
            return well();
          },
        );
      const conflict = new TRPCError({ code: 'CONFLICT' });
      await expect(
        rolledBack(() => {
          throw conflict;
        }),
      ).rejects.toBe(conflict);
      expect((await rolledBack(() => undefined as never)).status).toBe(500);
      expect(await paid()).toEqual([]);
      expect((await handle(requestOf(), well)).status).toBe(200);
    },
  );

  it('shows what belongs to the transaction to the handler alone, in Hono', async () => {
    const before: unknown[] = [];
    const app = new Hono<{ Variables: { db: pg.ClientBase } }>();
    app.use(async (c, next) => {
      c.set('db', pool as never);
      await next();
      before.push(c.get('db'));
    });
    const transaction = async <Result>(
      _: Context,
      run: (tx: TransactionHandle, additions?: object) => Promise<Result>,
    ) => await inTransaction((client) => run(client, { db: client }));
    app.post('/payouts', server.cs.guard(payout).hono({ actor: () => actor, transaction }), async (c) => {
      expect(c.var.db).not.toBe(pool);
      await pay(c.var.db, c.var.authorization?.data);
      return c.text('paid');
    });
    await grant();
    expect((await app.fetch(requestOf())).status).toBe(200);
    expect(before).toEqual([pool]);
    expect(await paid()).toEqual([data]);
  });

  it('is no transaction when none is open: the host is told, and the grant is untouched', async () => {
    await grant();
    const withoutBegin = server.cs.guard(payout).handle(
      requestOf(),
      {
        actor: () => actor,
        transaction: async (work: (tx: pg.PoolClient) => Promise<Response>) => {
          const client = await pool.connect();
          return await work(client).finally(() => client.release());
        },
      },
      well,
    );
    expect((await (await withoutBegin).json()) as Problem).toMatchObject({ reason: 'transaction_required' });
    expect((await handle(requestOf(), well)).status).toBe(200);
  });
});
