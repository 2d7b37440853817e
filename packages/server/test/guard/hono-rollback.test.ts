import { CountersignError, defineOperation, type TransactionHandle } from '@countersign/core';
import { TRPCError } from '@trpc/server';
import { Hono, type Context } from 'hono';
import { cors } from 'hono/cors';
import { setCookie } from 'hono/cookie';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { mailedCodes } from './approve.ts';
import type { Problem } from './http-bank.ts';

/** A transfer between own accounts needs no authorization. */
const payout = defineOperation({
  slug: 'payout',
  data: z.strictObject({ account: z.string(), isOwn: z.boolean() }),
  title: 'Pay out',
  when: ({ isOwn }) => !isOwn,
});

const { method, approve } = mailedCodes();
let server: TestServer;
let pool: pg.Pool;
beforeAll(async () => {
  server = await startTestServer({ methods: [method], operations: { payout } });
  pool = new pg.Pool({ connectionString: server.database.url, max: 5 });
  await pool.query('CREATE TABLE paid (account text)');
  await pool.query('CREATE TABLE once (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)');
});
afterAll(async () => {
  await pool.end();
  await server[Symbol.asyncDispose]();
});

type Run<Result> = (tx: TransactionHandle, additions?: object) => Promise<Result>;

/** As hosts write it; the handler has seen to it that it cannot commit. */
async function inTransaction<Result>(run: Run<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await run(client, { db: client });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

type Transaction = <Result>(c: Context, run: Run<Result>) => Promise<Result>;

/** A host that makes something of its own of a commit that failed. */
const insteadOfFailing =
  (end: (cause: unknown) => unknown): Transaction =>
  async (_c, run) => {
    try {
      return await inTransaction(run);
    } catch (cause) {
      if ((cause as { code?: string }).code !== '23505') throw cause;
      return end(cause) as never;
    }
  };
const thrown = (make: (cause: unknown) => unknown) =>
  insteadOfFailing((cause) => {
    throw make(cause);
  });

const failures: readonly (readonly [string, Transaction, number])[] = [
  ['throws what the driver does', async (_c, run) => await inTransaction(run), 418],
  ['throws a TRPCError', thrown((cause) => new TRPCError({ code: 'CONFLICT', cause })), 418],
  ['throws a CountersignError', thrown((cause) => new CountersignError('not_found', { cause })), 404],
  ['throws an error of its own', thrown((cause) => new Error('taken', { cause })), 418],
  ['gives nothing back', insteadOfFailing(() => undefined), 500],
  ['gives null back', insteadOfFailing(() => null), 500],
  ['gives something else back', insteadOfFailing(() => ({ committed: false })), 500],
];

let count = 0;

async function pay(transaction: Transaction, { isOwn, nested }: { isOwn: boolean; nested: boolean }) {
  const subjectId = `person-${(count += 1)}`;
  const actor = { kind: 'subject', subjectId, sessionId: 's' } as const;
  const routes = new Hono<{ Variables: { db: pg.ClientBase } }>();
  routes.post('/payouts', server.cs.guard(payout).hono({ actor: () => actor, transaction }), async (c) => {
    await c.var.db.query('INSERT INTO paid VALUES ($1)', [subjectId]);
    await c.var.db.query('INSERT INTO once VALUES (1), (1)');
    setCookie(c, 'receipt', subjectId);
    return c.text('paid');
  });
  // A sub-app that has its own `onError` runs its handlers in a chain of their own.
  const error = (failure: Error, c: Context) => c.text(`failed: ${failure.name}`, 418);
  const app = new Hono();
  app.use(cors({ origin: 'https://bank.example' }));
  if (nested) routes.onError(error);
  else app.onError(error);
  app.route('/', routes);
  const ask = async () =>
    await app.fetch(
      new Request('http://bank.test/payouts', {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: 'https://bank.example' },
        body: JSON.stringify({ account: subjectId, isOwn }),
      }),
    );
  if (!isOwn) {
    const { authorizationRequest } = (await (await ask()).json()) as Problem;
    await approve(server.cs, actor, authorizationRequest!);
  }
  const answer = await ask();
  const { rowCount } = await pool.query('SELECT FROM paid WHERE account = $1', [subjectId]);
  const { rowCount: used } = await server.database.sql.query(
    'SELECT FROM countersign.authorization_request WHERE subject_id = $1 AND consumed_at IS NOT NULL',
    [subjectId],
  );
  return { answer, text: await answer.text(), payments: rowCount, used };
}

it.each(failures)(
  'a handler whose answer was rolled back has not answered when its transaction %s',
  async (_name, transaction, status) => {
    for (const isOwn of [false, true])
      for (const nested of [false, true]) {
        const { answer, text, payments, used } = await pay(transaction, { isOwn, nested });
        expect([answer.status, payments, used]).toEqual([status, 0, 0]);
        expect(text).not.toContain('paid');
        expect(answer.headers.get('set-cookie')).toBe(null);
        // What stood there before the handler stays, so that a page may read the refusal.
        expect(answer.headers.get('access-control-allow-origin')).toBe('https://bank.example');
      }
  },
);
