import { defineOperation } from '@countersign/core';
import { initTRPC, TRPCError } from '@trpc/server';
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Actor } from '@countersign/core';
import { createCountersign, type CountersignContext } from '../../src/index.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { transfer } from '../support/transfer.ts';
import { mailedCodes, refusalOf } from './approve.ts';
import { bankRouter, openLedger, Payment, type BankContext, type Ledger } from './bank.ts';

const stamped = defineOperation({
  slug: 'stamped',
  // A schema that makes something else of its own output, and something new each time.
  data: z.strictObject({
    text: z.string().transform((text) => `${text}!`),
    nonce: z.string().default(randomUUID),
  }),
  title: 'Stamp',
});
const anywhere = defineOperation({
  slug: 'anywhere',
  data: z.strictObject({ n: z.number() }),
  title: 'Do it anywhere',
  session: 'any',
});
const above = defineOperation({
  slug: 'above',
  data: z.strictObject({ amountCents: z.number().int() }),
  title: 'Pay',
  when: ({ amountCents }) => {
    if (amountCents === 13) throw new Error('the limits cannot be read');
    // What is not exactly false says nothing.
    if (amountCents === 0) return 0 as unknown as boolean;
    return amountCents > 10_000;
  },
});

const { method, approve } = mailedCodes();
let server: TestServer;
let ledger: Ledger;
let count = 0;
beforeAll(async () => {
  server = await startTestServer({ methods: [method], operations: { transfer, stamped, anywhere, above } });
  ledger = await openLedger(server);
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Everybody is somebody new, so that tests do not see each other. */
let ada: Extract<Actor, { kind: 'subject' }>;
let data: { to: string; amountCents: number };
beforeEach(() => {
  count += 1;
  ada = { kind: 'subject', subjectId: `ada-${count}`, sessionId: `session-${count}` };
  data = { to: `GB${count}`, amountCents: 250_000 };
});

const bank = (actor: Actor | null = ada, more: Partial<BankContext> = {}) =>
  bankRouter(server.cs).createCaller({ ...server.cs.context(actor), em: ledger.orm.em.fork(), ...more });
const paidTo = async (to = data.to) => (await ledger.payments()).filter((one) => one.to === to);

describe('a guarded mutation', () => {
  it('refuses a call without a grant, with the request that says what is asked, and does nothing', async () => {
    const { code, reason, request } = await refusalOf(bank().transfer(data));
    expect([code, reason]).toEqual(['PRECONDITION_REQUIRED', 'authorization_required']);
    expect(request).toMatchObject({
      slug: 'transfer',
      subjectId: ada.subjectId,
      sessionId: ada.sessionId,
      state: 'waiting',
      title: 'Transfer money',
      facts: [
        { label: 'To', value: data.to },
        { label: 'Amount', value: '€ 2500' },
      ],
      data,
    });
    expect(await paidTo()).toEqual([]);
  });

  it('runs the same call once when it is granted, and asks anew for the next', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    expect(await bank().transfer(data)).toEqual({ paid: 250_000, by: request.id });
    const next = await refusalOf(bank().transfer(data));
    expect(next.request.id).not.toBe(request.id);
    expect(next.request.state).toBe('waiting');
    expect(await paidTo()).toEqual([{ ...data, authorizationRequestId: request.id }]);
  });

  it('uses no grant for changed data: that is another request', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    const changed = await refusalOf(bank().transfer({ ...data, amountCents: 250_001 }));
    expect(changed.request.id).not.toBe(request.id);
    expect(await paidTo()).toEqual([]);
    // And the grant is untouched.
    expect((await bank().transfer(data)).by).toBe(request.id);
  });

  it('shares a waiting request between calls of the same subject, session and data, and with nobody else', async () => {
    const first = await refusalOf(bank().transfer(data));
    const again = await refusalOf(bank().transfer({ amountCents: data.amountCents, to: data.to }));
    const elsewhere = await refusalOf(bank({ ...ada, sessionId: 'another' }).transfer(data));
    const grace = await refusalOf(bank({ ...ada, subjectId: `grace-${count}` }).transfer(data));
    expect(again.request.id).toBe(first.request.id);
    expect(new Set([first, elsewhere, grace].map(({ request }) => request.id)).size).toBe(3);
  });

  it('uses no grant of another session', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    const elsewhere = await refusalOf(bank({ ...ada, sessionId: 'stolen' }).transfer(data));
    expect(elsewhere.request.id).not.toBe(request.id);
    expect(await paidTo()).toEqual([]);
  });

  it('runs the resolver once of 200 parallel calls with one grant', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    const calls = await Promise.allSettled(Array.from({ length: 200 }, () => bank().transfer(data)));
    expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = calls.flatMap((call) => (call.status === 'rejected' ? [call.reason as TRPCError] : []));
    const asked = refused.map(({ cause }) => cause as unknown as { authorizationRequest: { id: string } });
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['PRECONDITION_REQUIRED']));
    expect(new Set(asked.map(({ authorizationRequest }) => authorizationRequest.id)).size).toBe(1);
    expect(await paidTo()).toHaveLength(1);
  });

  it('gives each of two grants for the same data one run, whatever comes in parallel', async () => {
    const create = async () =>
      await server.cs.authorizationRequest.create({
        slug: 'transfer',
        subjectId: ada.subjectId,
        sessionId: ada.sessionId,
        data,
      });
    for (let grant = 0; grant < 2; grant += 1) await approve(server.cs, ada, await create());
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => bank().transfer(data)));
    expect(calls.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(new Set((await paidTo()).map(({ authorizationRequestId }) => authorizationRequestId)).size).toBe(
      2,
    );
  });

  it('gives the grant back when the resolver throws after it has written, and passes its error on as it is', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    const thrown = new TRPCError({ code: 'CONFLICT', message: 'the payee is closed' });
    const afterwards = () => {
      throw thrown;
    };
    await expect(bank(ada, { afterwards }).transfer(data)).rejects.toBe(thrown);
    expect(await paidTo()).toEqual([]);
    expect((await bank().transfer(data)).by).toBe(request.id);
  });

  it('gives the grant back when the transaction cannot commit', async () => {
    await ledger.orm.em.execute(
      `CREATE TABLE IF NOT EXISTS bank.parent (id int PRIMARY KEY);
       CREATE TABLE IF NOT EXISTS bank.child (id int REFERENCES bank.parent DEFERRABLE INITIALLY DEFERRED);`,
    );
    const t = initTRPC.context<BankContext>().create();
    const caller = t
      .router({
        transfer: t.procedure
          .concat(server.cs.guard(transfer))
          .mutation(({ ctx }) => ctx.em.execute('INSERT INTO bank.child VALUES (1)')),
      })
      .createCaller({ ...server.cs.context(ada), em: ledger.orm.em.fork() });
    const { request } = await refusalOf(caller.transfer(data));
    await approve(server.cs, ada, request);
    const failed = await refusalOf(caller.transfer(data));
    expect(failed.code).toBe('INTERNAL_SERVER_ERROR');
    expect(failed.error.message).not.toMatch(/child|violates/);
    expect((await bank().transfer(data)).by).toBe(request.id);
  });

  it('waits for a call that is using the grant, and takes it over when that one fails', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: inside, resolve: arrived } = Promise.withResolvers<void>();
    const failing = bank(ada, {
      afterwards: async () => {
        arrived();
        await held;
        throw new Error('after all not');
      },
    }).transfer(data);
    await inside;
    const second = bank().transfer(data);
    release();
    await expect(failing).rejects.toThrow('after all not');
    expect((await second).by).toBe(request.id);
    expect(await paidTo()).toHaveLength(1);
  });

  it('uses no grant whose window has passed, and no request that has expired', async () => {
    await using own = await startTestServer({ methods: [method], operations: { transfer } });
    await using books = await openLedger(own);
    const call = () =>
      bankRouter(own.cs)
        .createCaller({ ...own.cs.context(ada), em: books.orm.em.fork() })
        .transfer(data);
    const expired = await refusalOf(call());
    own.clock.advance({ minutes: 6 });
    const late = await refusalOf(call());
    expect(late.request.id).not.toBe(expired.request.id);
    await approve(own.cs, ada, late.request);
    own.clock.advance({ minutes: 6 });
    expect((await refusalOf(call())).request.id).not.toBe(late.request.id);
    expect(await books.payments()).toEqual([]);
  });

  it('uses no grant that was proven more weakly than the operation demands now', async () => {
    const stricter = defineOperation({ ...transfer, binding: 'cryptographic' });
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    await using other = {
      cs: await createCountersign({
        issuer: 'Test Bank',
        audience: 'bank.test',
        secret: Buffer.alloc(32, 7).toString('base64'),
        database: server.database.url,
        methods: [method],
        operations: { transfer: stricter },
        sweep: false,
      }),
      [Symbol.asyncDispose]: async () => await other.cs.close(),
    };
    const t = initTRPC.context<CountersignContext>().create();
    const caller = t
      .router({ transfer: t.procedure.concat(other.cs.guard(stricter)).mutation(() => 'paid') })
      .createCaller(other.cs.context(ada));
    expect((await refusalOf(caller.transfer(data))).reason).toBe('method_unavailable');
    expect((await bank().transfer(data)).by).toBe(request.id);
  });
});

describe('what the resolver gets', () => {
  const t = initTRPC.context<CountersignContext>().create();
  const seen: { input: unknown; authorization: { data: unknown } | null }[] = [];
  const caller = (actor: Actor = ada) =>
    t
      .router({
        stamped: t.procedure
          .input(z.looseObject({ tenant: z.string() }))
          .concat(server.cs.guard(stamped))
          .mutation(({ input, ctx }) => void seen.push({ input, authorization: ctx.authorization })),
      })
      .createCaller(server.cs.context(actor));

  it('is the data that was hashed, read once, whatever its schema would make of it a second time', async () => {
    const input = { text: 'hello', nonce: 'fixed' };
    const strict = t
      .router({
        stamped: t.procedure
          .concat(server.cs.guard(stamped))
          .mutation(({ input: read, ctx }) => ({ input: read, data: ctx.authorization.data })),
      })
      .createCaller(server.cs.context(ada));
    const { request } = await refusalOf(strict.stamped(input));
    expect(request.data).toEqual({ text: 'hello!', nonce: 'fixed' });
    await approve(server.cs, ada, request);
    const got = await strict.stamped(input);
    expect(got).toEqual({ input: request.data, data: request.data });
    expect(Object.isFrozen(got.data)).toBe(true);
  });

  it('is frozen to the bottom', async () => {
    const deep = defineOperation({
      slug: 'transfer',
      data: z.strictObject({ to: z.array(z.strictObject({ iban: z.string() })) }),
      title: 'Pay all',
    });
    await using own = await startTestServer({ methods: [method], operations: { deep } });
    const one = t
      .router({
        pay: t.procedure.concat(own.cs.guard(deep)).mutation(({ ctx }) => {
          (ctx.authorization.data.to[0] as { iban: string }).iban = 'another';
        }),
      })
      .createCaller(own.cs.context(ada));
    const { request } = await refusalOf(one.pay({ to: [{ iban: 'GB29' }] }));
    await approve(own.cs, ada, request);
    await expect(one.pay({ to: [{ iban: 'GB29' }] })).rejects.toThrow(/read only/);
  });

  it('keeps what an earlier input of the host has read beside it, and lets nothing of it stand instead', async () => {
    expect((await refusalOf(caller().stamped({ tenant: 'x', text: 'hello' }))).code).toBe('BAD_REQUEST');
  });

  it('is null where the condition says exactly false, and nothing else does', async () => {
    const payer = (actor: Actor | null = ada) =>
      t
        .router({
          pay: t.procedure
            .concat(server.cs.guard(above))
            .mutation(({ ctx }) => ctx.authorization?.id ?? null),
        })
        .createCaller(server.cs.context(actor));
    expect(await payer().pay({ amountCents: 10_000 })).toBeNull();
    for (const amountCents of [10_001, 13, 0]) {
      expect((await refusalOf(payer().pay({ amountCents }))).reason, String(amountCents)).toBe(
        'authorization_required',
      );
    }
    // The condition is no door for whoever is nobody.
    expect((await refusalOf(payer(null).pay({ amountCents: 1 }))).code).toBe('UNAUTHORIZED');
  });
});

it('runs in the transaction of the host also where the condition says that nobody need be asked', async () => {
  const t = initTRPC.context<BankContext>().create();
  const caller = t
    .router({
      pay: t.procedure.concat(server.cs.guard(above)).mutation(async ({ ctx }) => {
        const id = randomUUID();
        await ctx.em.insert(Payment, { id, to: data.to, amountCents: 1, authorizationRequestId: 'none' });
        expect([ctx.em.isInTransaction(), ctx.authorization]).toEqual([true, null]);
        throw new Error('after all not');
      }),
    })
    .createCaller({ ...server.cs.context(ada), em: ledger.orm.em.fork() });
  await expect(caller.pay({ amountCents: 1 })).rejects.toThrow('after all not');
  expect(await paidTo()).toEqual([]);
});

describe('who calls', () => {
  const t = initTRPC.context<CountersignContext>().create();
  const callOf = async (actor: Actor | null) =>
    await refusalOf(
      t
        .router({ do: t.procedure.concat(server.cs.guard(transfer)).mutation(() => 'done') })
        .createCaller(server.cs.context(actor))
        .do(data),
    );

  it('must be a subject with a session: nobody else can consent', async () => {
    const table: [Actor | null, string][] = [
      [null, 'UNAUTHORIZED'],
      [{ kind: 'service' }, 'FORBIDDEN'],
      [{ kind: 'operator' }, 'FORBIDDEN'],
      [{ kind: 'device', subjectId: ada.subjectId, factorId: 'fact_x' }, 'FORBIDDEN'],
      [{ ...ada, sessionId: null }, 'FORBIDDEN'],
      [{ ...ada, subjectId: '' }, 'UNAUTHORIZED'],
      [ada, 'PRECONDITION_REQUIRED'],
    ];
    for (const [actor, code] of table) expect((await callOf(actor)).code, JSON.stringify(actor)).toBe(code);
  });

  it('needs no session where the operation says so, and then no session is one of its own', async () => {
    const caller = (actor: Actor) =>
      t
        .router({
          do: t.procedure.concat(server.cs.guard(anywhere)).mutation(({ ctx }) => ctx.authorization.id),
        })
        .createCaller(server.cs.context(actor));
    const none = { ...ada, sessionId: null };
    const { request } = await refusalOf(caller(none).do({ n: 1 }));
    expect(request.sessionId).toBeNull();
    await approve(server.cs, none, request);
    expect((await refusalOf(caller(ada).do({ n: 1 }))).request.id).not.toBe(request.id);
    expect(await caller(none).do({ n: 1 })).toBe(request.id);
  });

  it('comes by a token only if its scope lists the procedure', async () => {
    const router = t.router({
      bank: t.router({ pay: t.procedure.concat(server.cs.guard(transfer)).mutation(() => 'paid') }),
    });
    const withScope = async (m: string[]) => {
      const { token } = await server.cs
        .createCaller({ kind: 'service' })
        .scopedToken.issue({ subjectId: ada.subjectId, sessionId: ada.sessionId!, scope: { rpc: { m } } });
      const request = new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } });
      return await refusalOf(
        router
          .createCaller(server.cs.context(await server.cs.authenticate(request), { request }))
          .bank.pay(data),
      );
    };
    expect((await withScope(['bank.other'])).reason).toBe('insufficient_scope');
    expect((await withScope(['bank.pay'])).reason).toBe('authorization_required');
  });
});

describe('without a transaction of the host', () => {
  it('has used the grant before the resolver begins: one that fails has had its one run', async () => {
    let runs = 0;
    const t = initTRPC.context<CountersignContext>().create();
    const caller = t
      .router({
        pay: t.procedure.concat(server.cs.guard(transfer)).mutation(() => {
          runs += 1;
          throw new Error('the carrier is away');
        }),
      })
      .createCaller(server.cs.context(ada));
    const { request } = await refusalOf(caller.pay(data));
    await approve(server.cs, ada, request);
    const calls = await Promise.allSettled(Array.from({ length: 50 }, () => caller.pay(data)));
    expect(runs).toBe(1);
    expect(
      calls.filter((call) => call.status === 'rejected' && String(call.reason).includes('carrier')),
    ).toHaveLength(1);
  });

  it('is the same where the host says that its manager is of another database', async () => {
    const t = initTRPC.context<BankContext>().create();
    const caller = t
      .router({
        pay: t.procedure
          .concat(server.cs.guard(transfer, { em: () => null }))
          .mutation(({ ctx }) => ctx.em.isInTransaction()),
      })
      .createCaller({ ...server.cs.context(ada), em: ledger.orm.em.fork() });
    const { request } = await refusalOf(caller.pay(data));
    await approve(server.cs, ada, request);
    expect(await caller.pay(data)).toBe(false);
  });
});

describe('a transaction of another kind', () => {
  it("may be a pg client's or a Kysely transaction", async () => {
    const pool = new pg.Pool({ connectionString: server.database.url, max: 2 });
    const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    const t = initTRPC.context<CountersignContext & { db: Kysely<unknown>; fails: boolean }>().create();
    const router = t.router({
      pay: t.procedure
        .concat(
          server.cs.guard(transfer, {
            transaction: (ctx: { db: Kysely<unknown> }, run) =>
              ctx.db.transaction().execute((tx) => run(tx, { db: tx })),
          }),
        )
        .mutation(async ({ ctx, input }) => {
          await ctx.db.executeQuery(
            CompiledQuery.raw('INSERT INTO bank.payment VALUES ($1, $2, $3, $4)', [
              randomUUID(),
              input.to,
              input.amountCents,
              ctx.authorization.id,
            ]),
          );
          if (ctx.fails) throw new Error('no');
        }),
    });
    const call = (fails: boolean) =>
      router.createCaller({ ...server.cs.context(ada), db: kysely, fails }).pay(data);
    const { request } = await refusalOf(call(false));
    await approve(server.cs, ada, request);
    await expect(call(true)).rejects.toThrow('no');
    expect(await paidTo()).toEqual([]);
    await call(false);
    expect(await paidTo()).toHaveLength(1);
    await kysely.destroy();
  });

  it('is refused by name when it is in another database', async () => {
    await using elsewhere = await startTestServer({ methods: [method] });
    const client = new pg.Client({ connectionString: elsewhere.database.url });
    client.on('error', () => undefined); // Its database is dropped when the test is over, whether it passed or not.
    await client.connect();
    // A copy of a database is no other one: each has the installation's id.
    await client.query('UPDATE countersign.installation SET id = gen_random_uuid()');
    const t = initTRPC.context<CountersignContext>().create();
    const caller = t
      .router({
        pay: t.procedure
          .concat(
            server.cs.guard(transfer, {
              transaction: async (_ctx, run) => {
                await client.query('BEGIN');
                try {
                  return await run(client);
                } finally {
                  await client.query('ROLLBACK');
                }
              },
            }),
          )
          .mutation(() => 'paid'),
      })
      .createCaller(server.cs.context(ada));
    expect((await refusalOf(caller.pay(data))).reason).toBe('foreign_database');
    await client.end();
  });
});
