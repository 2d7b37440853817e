import { defineOperation, type Actor, type Operation } from '@countersign/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC, type TRPCError } from '@trpc/server';
import { randomUUID } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SuperJSON } from 'superjson';
import type { CountersignContext } from '../../src/index.ts';
import { startTestServer, type TestServer } from '../../testing/index.ts';
import { transfer } from '../support/transfer.ts';
import { mailedCodes, refusalOf } from './approve.ts';
import { bankRouter, endpointOf, openLedger, Payment, type BankContext, type Ledger } from './bank.ts';

/** Takes whatever a transformer of the host makes. */
const anything = defineOperation({ slug: 'anything', data: z.any(), title: 'Anything' });
const dated = defineOperation({
  slug: 'dated',
  data: z.strictObject({ at: z.coerce.date() }),
  title: 'On a day',
});
/** A condition that eats of what it is to judge. */
const eaten = defineOperation({
  slug: 'eaten',
  data: z.strictObject({ to: z.array(z.string()), extra: z.unknown().optional() }),
  title: 'Pay all',
  facts: ({ to }) => ({ To: to.join(', ') }),
  when: ({ to, extra }) => {
    to.shift();
    if (typeof extra === 'object' && extra !== null) (extra as { eaten: boolean }).eaten = true;
    return to.length > 0;
  },
});
/** Text for a person that is made by disturbing what it is made of. */
const disturbed = defineOperation({
  slug: 'disturbed',
  data: z.strictObject({ to: z.array(z.string()) }),
  title: ({ to }) => {
    to.reverse();
    return 'Pay all';
  },
  facts: ({ to }) => ({ First: to.shift() ?? '' }),
});
const throwing = defineOperation({
  slug: 'throwing',
  data: z.string().transform((): string => {
    throw new Error('connection to 10.0.0.7 refused for user "bank"');
  }),
  title: 'Fail',
});
const silent = defineOperation({
  slug: 'silent',
  data: z.string().transform(async () => await new Promise<string>(() => undefined)),
  title: 'Say nothing',
});
const undecided = defineOperation({
  slug: 'undecided',
  data: z.strictObject({ n: z.number() }),
  title: 'Decide nothing',
  when: async () => await new Promise<boolean>(() => undefined),
});
/** By a promise that is none of this realm's, as those of query builders are none. */
const deferred = defineOperation({
  slug: 'deferred',
  data: z.strictObject({ n: z.number() }),
  title: 'Decide later',
  when: () => runInNewContext('new Promise(() => undefined)') as Promise<boolean>,
});
const free = defineOperation({
  slug: 'free',
  data: z.strictObject({ n: z.number() }),
  title: 'Of no matter',
  when: () => false,
});
/** What a name stands for can be another one the next time. */
const reads: string[] = [];
const named = defineOperation({
  slug: 'named',
  data: z.strictObject({
    to: z.string().transform(async (name) => {
      reads.push(name);
      return `${name}/${reads.length}`;
    }),
  }),
  title: 'Pay a name',
});
/** Drops what it does not know. */
const loose = defineOperation({
  slug: 'loose',
  data: z.object({ to: z.string().toUpperCase(), amountCents: z.number() }),
  title: 'Pay',
});
const anywhere = defineOperation({
  slug: 'anywhere',
  data: z.strictObject({ n: z.number() }),
  title: 'Do it anywhere',
  session: 'any',
});
const operations = {
  deferred,
  free,
  anywhere,
  transfer,
  anything,
  dated,
  eaten,
  disturbed,
  throwing,
  silent,
  undecided,
  named,
  loose,
};

const { method, approve } = mailedCodes();
let server: TestServer;
let ledger: Ledger;
let count = 0;
beforeAll(async () => {
  server = await startTestServer({ methods: [method], operations });
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

const t = initTRPC.context<CountersignContext>().create();
const bank = (more: Partial<BankContext> = {}) =>
  bankRouter(server.cs).createCaller({ ...server.cs.context(ada), em: ledger.orm.em.fork(), ...more });
const paid = async () => (await ledger.payments()).filter(({ to }) => to === data.to);

/** What a resolver behind a guard was run with. */
interface Run {
  readonly input: unknown;
  readonly authorized: unknown;
}

/** One guarded procedure, and what its resolver saw. */
function guarded(operation: Operation, more: object = {}) {
  const runs: Run[] = [];
  const router = t.router({
    run: t.procedure.concat(server.cs.guard(operation)).mutation(({ input, ctx }) => {
      runs.push({ input, authorized: ctx.authorization?.data });
    }),
  });
  return {
    runs,
    call: (input: unknown) => router.createCaller({ ...server.cs.context(ada), ...more }).run(input),
    router,
  };
}

/** Refused, approved, called again; what was authorized, and what ran. */
async function authorized({ call }: Pick<ReturnType<typeof guarded>, 'call'>, input: unknown) {
  const { request, error } = await refusalOf(call(input));
  if (request === undefined) throw error;
  await approve(server.cs, ada, request);
  await call(input);
  return request;
}

describe('what is executed is what was shown and hashed', () => {
  it('though a condition changes what it judges', async () => {
    const guard = guarded(eaten);
    const input = { to: ['GB1', 'GB2'], extra: { eaten: false } };
    const request = await authorized(guard, input);
    expect(request.data).toEqual({ to: ['GB1', 'GB2'], extra: { eaten: false } });
    expect(request.facts).toEqual([{ label: 'To', value: 'GB1, GB2' }]);
    expect(guard.runs).toEqual([{ input: request.data, authorized: request.data }]);
    expect(input).toEqual({ to: ['GB1', 'GB2'], extra: { eaten: false } });
  });

  it('though a condition that lets a call through changes what it judges', async () => {
    const guard = guarded(eaten);
    await guard.call({ to: ['GB1'] });
    expect(guard.runs).toEqual([{ input: { to: ['GB1'] }, authorized: undefined }]);
  });

  it('though the text for the person is made by disturbing it', async () => {
    const guard = guarded(disturbed);
    const request = await authorized(guard, { to: ['GB1', 'GB2'] });
    expect(request.data).toEqual({ to: ['GB1', 'GB2'] });
    expect(guard.runs).toEqual([{ input: request.data, authorized: request.data }]);
  });

  it('though each reading of the input makes something else of it', async () => {
    const guard = guarded(named);
    reads.length = 0;
    const { request } = await refusalOf(guard.call({ to: 'mum' }));
    expect([request.data, reads.length]).toEqual([{ to: 'mum/1' }, 1]);
    await approve(server.cs, ada, request);
    // Whom the name stands for now, nobody has authorized.
    const other = await refusalOf(guard.call({ to: 'mum' }));
    expect([other.request.data, reads.length]).toEqual([{ to: 'mum/2' }, 2]);
    reads.length = 0;
    await guard.call({ to: 'mum' });
    expect(guard.runs).toEqual([{ input: { to: 'mum/1' }, authorized: { to: 'mum/1' } }]);
  });

  it('though an .input() of the host has read more than the operation knows', async () => {
    const seen: unknown[] = [];
    const router = t.router({
      run: t.procedure
        .input(z.object({ to: z.string(), amountCents: z.number() }))
        .use(server.cs.guard(loose).middleware)
        .mutation(({ input, ctx }) => void seen.push(input, ctx.authorization.data)),
    });
    const call = (input: unknown) => router.createCaller(server.cs.context(ada)).run(input as never);
    const request = await authorized({ call }, { to: 'gb1', amountCents: 1 });
    expect(request.data).toEqual({ to: 'GB1', amountCents: 1 });
    expect(seen).toEqual([request.data, request.data]);
  });

  it('though a further .input() behind the guard asks once more', async () => {
    const seen: unknown[] = [];
    const router = t.router({
      run: t.procedure
        .concat(server.cs.guard(loose))
        .input(z.object({ to: z.string(), amountCents: z.number() }))
        .mutation(({ input, ctx }) => void seen.push(input, ctx.authorization.data)),
    });
    const call = (input: unknown) => router.createCaller(server.cs.context(ada)).run(input as never);
    const request = await authorized({ call }, { to: 'gb1', amountCents: 1 });
    expect(seen).toEqual([request.data, request.data]);
  });

  it('though an .input() behind the guard asks for a field that was sent and that nobody has read', async () => {
    const seen: unknown[] = [];
    const router = t.router({
      run: t.procedure
        .concat(server.cs.guard(loose))
        .input(z.object({ feeCents: z.number().optional() }))
        .mutation(({ input }) => void seen.push(input)),
      hosts: t.procedure
        .input(z.object({ to: z.string(), amountCents: z.number() }))
        .use(server.cs.guard(loose).middleware)
        .input(z.object({ feeCents: z.number().optional() }))
        .mutation(({ input }) => void seen.push(input)),
    });
    const caller = router.createCaller(server.cs.context(ada));
    const request = await authorized(
      { call: (input) => caller.run(input as never) },
      { to: 'gb1', amountCents: 1, feeCents: 1_000_000 },
    );
    await authorized(
      { call: (input) => caller.hosts(input as never) },
      { to: 'gb1', amountCents: 1, feeCents: 1_000_000 },
    );
    expect(seen).toEqual([request.data, request.data]);
  });

  it('though something before the guard changes what was sent', async () => {
    const seen: unknown[] = [];
    let sent = 0;
    const router = t.router({
      run: t.procedure
        .use(({ next }) => next({ getRawInput: async () => ({ ...data, amountCents: (sent += 1) }) }))
        .concat(server.cs.guard(transfer))
        .mutation(({ input, ctx }) => void seen.push(input, ctx.authorization.data)),
    });
    const call = () => router.createCaller(server.cs.context(ada)).run(data);
    const { request } = await refusalOf(call());
    await approve(server.cs, ada, request);
    expect((await refusalOf(call())).request.data).toEqual({ ...data, amountCents: 2 });
    sent = 0;
    await call();
    expect(seen).toEqual([request.data, request.data]);
  });

  it('though something behind the guard would change it', async () => {
    const router = t.router({
      run: t.procedure
        .concat(server.cs.guard(transfer))
        .use(({ input, ctx, next }) => {
          (input as { amountCents: number }).amountCents = 1;
          return next({ ctx });
        })
        .mutation(() => 'paid'),
    });
    const call = () => router.createCaller(server.cs.context(ada)).run(data);
    const { request } = await refusalOf(call());
    await approve(server.cs, ada, request);
    await expect(call()).rejects.toThrow(/read only/);
  });

  it('and is none of what the host has in its context by that name', async () => {
    const own = { id: 'areq_forged', data: { ...data, amountCents: 1 }, receipt: {} };
    const guard = guarded(transfer, { authorization: own });
    const request = await authorized(guard, data);
    expect(guard.runs).toEqual([{ input: request.data, authorized: request.data }]);
  });
});

/** How many requests there are for this subject, and how many of them were used. */
async function traces(): Promise<{ requests: number; used: number }> {
  const { rows } = await server.database.sql.query<{ requests: number; used: number }>(
    `SELECT count(*)::int AS requests, count(consumed_at)::int AS used FROM countersign.authorization_request
     WHERE subject_id = $1`,
    [ada.subjectId],
  );
  return rows[0]!;
}

const none = { requests: 0, used: 0 };

describe('a transformer of the host that makes', () => {
  const rich = initTRPC.context<CountersignContext>().create({ transformer: SuperJSON });
  let runs = 0;
  const post = async (body: unknown) => {
    const router = rich.router({
      run: rich.procedure.concat(server.cs.guard(anything)).mutation(() => void (runs += 1)),
    });
    return await endpointOf(router, () => server.cs.context(ada))('run', body);
  };
  beforeEach(() => void (runs = 0));

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const odd: readonly (readonly [string, unknown])[] = [
    ['a Map', { map: new Map([['to', 'GB1']]) }],
    ['a Map that holds a prototype', { map: new Map([['__proto__', { polluted: 1 }]]) }],
    ['a Set', new Set(['GB1'])],
    ['a Date', { at: new Date(0) }],
    ['a BigInt', { amountCents: 1n }],
    ['NaN', { amountCents: Number.NaN }],
    ['infinity', { amountCents: Number.POSITIVE_INFINITY }],
    ['undefined inside', { to: undefined }],
    ['a regular expression', { to: /(a+)+$/ }],
    ['a URL', { to: new URL('http://evil.example') }],
    ['bytes', { to: new Uint8Array(8) }],
    ['an error', new Error('x')],
    ['a cycle', cycle],
    ['U+0000', { to: 'GB\u0000' }],
    ['a lone surrogate', { to: 'GB\uD800' }],
    ['a lone surrogate as a key', { '\uDC00': 1 }],
    ['a megabyte', { to: 'x'.repeat(1_000_000) }],
    ['a hundred thousand values', { to: Array.from({ length: 100_000 }, () => 1) }],
    ['a thousand levels', JSON.parse(`${'['.repeat(1000)}${']'.repeat(1000)}`)],
  ];
  it.each(odd)('%s is refused as an input, at once, and asks nobody', async (_, value) => {
    const began = performance.now();
    const answer = await post(SuperJSON.serialize(value));
    expect(performance.now() - began).toBeLessThan(2000);
    expect([answer.status, runs, await traces()]).toEqual([400, 0, none]);
  });

  it('a small text that is a tree of 2²⁸ values is refused, at once', async () => {
    let json: object = { leaf: 1 };
    for (let level = 0; level < 28; level += 1) json = { a: json, b: null };
    const places = Array.from({ length: 28 }, (_, depth) => `${'a.'.repeat(depth)}`);
    const referentialEqualities = Object.fromEntries(places.map((at) => [`${at}a`, [`${at}b`]]));
    const began = performance.now();
    const answer = await post({ json, meta: { referentialEqualities, v: 1 } });
    expect(performance.now() - began).toBeLessThan(2000);
    expect([answer.status, runs, await traces()]).toEqual([400, 0, none]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])(
    'the key %s is refused wherever it is, and changes no prototype',
    async (key) => {
      const { router } = guarded(anything);
      const plain = endpointOf(router, () => server.cs.context(ada));
      for (const json of [`{"${key}":{"polluted":1}}`, `{"a":[{"${key}":{"polluted":1}}]}`]) {
        expect((await plain('run', JSON.parse(json))).status).toBe(400);
        await post({ json: JSON.parse(json) as unknown });
      }
      expect([({} as { polluted?: number }).polluted, runs]).toEqual([undefined, 0]);
    },
  );

  it('minus zero is the zero that was shown', async () => {
    const guard = guarded(anything);
    await authorized(guard, { n: -0 });
    const [run] = guard.runs as { input: { n: number } }[];
    expect(Object.is(run?.input.n, 0)).toBe(true);
  });
});

describe("an operation's schema that", () => {
  it('makes what JSON cannot carry is refused, and nothing runs', async () => {
    const guard = guarded(dated);
    const { reason } = await refusalOf(guard.call({ at: '2026-06-01' }));
    expect([reason, guard.runs, await traces()]).toEqual(['invalid_input', [], none]);
  });

  it('throws tells the log why, and the caller nothing', async () => {
    const guard = guarded(throwing);
    const { code, error } = await refusalOf(guard.call('x'));
    expect([code, guard.runs, await traces()]).toEqual(['INTERNAL_SERVER_ERROR', [], none]);
    expect(error.message).not.toMatch(/10\.0\.0\.7|bank|refused/);
    expect(server.log.join('\n')).toContain('10.0.0.7');
  });

  it('never answers is given up, and a condition that never answers says that the guard applies', async () => {
    const [mute, guard, later] = [guarded(silent), guarded(undecided), guarded(deferred)];
    const [unanswered, asked, askedLater] = await Promise.all([
      refusalOf(mute.call('x')),
      refusalOf(guard.call({ n: 1 })),
      refusalOf(later.call({ n: 1 })),
    ]);
    expect([unanswered.reason, mute.runs]).toEqual(['unavailable_dependency', []]);
    expect([asked.reason, guard.runs]).toEqual(['authorization_required', []]);
    expect([askedLater.reason, later.runs]).toEqual(['authorization_required', []]);
  });
});

describe('a transaction of the host', () => {
  type Open = (run: (tx: pg.ClientBase) => Promise<unknown>, client: pg.PoolClient) => Promise<unknown>;
  const pool = () => new pg.Pool({ connectionString: server.database.url, max: 4 });
  let clients: pg.Pool;
  beforeAll(() => {
    clients = pool();
    clients.on('connect', (client) => client.on('error', () => undefined)); // some are killed
  });
  afterAll(() => clients.end());

  /** A host whose transactions are opened like this, by a client of its own. */
  function hostOf(open: Open, afterwards: (client: pg.ClientBase) => Promise<void> = async () => undefined) {
    let runs = 0;
    const router = t.router({
      pay: t.procedure
        .concat(
          server.cs.guard(transfer, {
            transaction: async (_ctx, run) => {
              const client = await clients.connect();
              let broken = false;
              try {
                return (await open((tx) => run(tx, { tx }), client)) as never;
              } finally {
                await client.query('ROLLBACK').catch(() => (broken = true));
                client.release(broken);
              }
            },
          }),
        )
        .mutation(async ({ ctx, input }) => {
          runs += 1;
          const { tx } = ctx as unknown as { tx: pg.ClientBase };
          await tx.query('INSERT INTO bank.payment VALUES ($1, $2, $3, $4)', [
            randomUUID(),
            input.to,
            input.amountCents,
            ctx.authorization.id,
          ]);
          await afterwards(tx);
          return ctx.authorization.id;
        }),
    });
    return {
      pay: () => router.createCaller(server.cs.context(ada)).pay(data),
      runs: () => runs,
    };
  }
  const committing: Open = async (run, client) => {
    await client.query('BEGIN');
    const result = await run(client);
    await client.query('COMMIT');
    return result;
  };
  /** A grant for the data, by a host that does everything right. */
  async function openGrant() {
    const { request } = await refusalOf(hostOf(committing).pay());
    await approve(server.cs, ada, request);
    return request;
  }
  /** What was lost: nothing, since the grant still pays once, and then no more. */
  async function expectGrantIntact(id: string): Promise<void> {
    expect(await paid()).toEqual([]);
    expect(await hostOf(committing).pay()).toBe(id);
    expect((await refusalOf(hostOf(committing).pay())).reason).toBe('authorization_required');
  }

  it.each<[string, Open]>([
    ['hides every error', async (run, client) => await committing(run, client).catch(() => undefined)],
    [
      'wraps every error in its own',
      async (run, client) => {
        try {
          return await committing(run, client);
        } catch (cause) {
          throw new Error('transaction 4711 failed', { cause });
        }
      },
    ],
  ])('that %s still asks for the authorization', async (_, open) => {
    const host = hostOf(open);
    const { reason, request } = await refusalOf(host.pay());
    expect([reason, request?.data, host.runs()]).toEqual(['authorization_required', data, 0]);
  });

  it('that never runs the call fails by name, and uses nothing', async () => {
    const { id } = await openGrant();
    const host = hostOf(async () => undefined);
    const { code, error } = await refusalOf(host.pay());
    expect([code, host.runs()]).toEqual(['INTERNAL_SERVER_ERROR', 0]);
    expect(error.message).toBe('Something went wrong on our side.');
    expect(server.log.join('\n')).toContain('transaction of a guard gave nothing back');
    await expectGrantIntact(id);
  });

  it('that hides what a call has thrown which needs no authorization says nothing of it either', async () => {
    const router = t.router({
      run: t.procedure
        .concat(
          server.cs.guard(free, {
            transaction: async (_ctx, run) => {
              await run({} as pg.ClientBase).catch(() => undefined);
              return undefined as never;
            },
          }),
        )
        .mutation(() => {
          throw new Error('no');
        }),
    });
    const { error } = await refusalOf(router.createCaller(server.cs.context(ada)).run({ n: 1 }));
    expect(error.message).toBe('Something went wrong on our side.');
  });

  it('that runs the call twice runs the resolver once', async () => {
    await openGrant();
    const host = hostOf(async (run, client) => {
      await committing(run, client);
      return await committing(run, client);
    });
    await host.pay().catch(() => undefined);
    expect([host.runs(), (await paid()).length]).toEqual([1, 1]);
  });

  it('that is repeated after a conflict runs the resolver once for good', async () => {
    const { id } = await openGrant();
    const host = hostOf(async (run, client) => {
      await client.query('BEGIN');
      await run(client);
      await client.query('ROLLBACK');
      return await committing(run, client);
    });
    expect(await host.pay()).toBe(id);
    expect(await paid()).toHaveLength(1);
  });

  it.each<[string, Open, string]>([
    ['was not begun', async (run, client) => await run(client), 'transaction_required'],
    [
      'is over already',
      async (run, client) => {
        await client.query('BEGIN; COMMIT');
        return await run(client);
      },
      'transaction_required',
    ],
    [
      'has failed before',
      async (run, client) => {
        await client.query('BEGIN');
        await client.query('SELECT 1/0').catch(() => undefined);
        return await run(client);
      },
      'transaction_required',
    ],
    ['is no transaction', async (run) => await run({} as pg.ClientBase), 'transaction_required'],
  ])('that %s is refused by name, and uses nothing', async (_, open, reason) => {
    const { id } = await openGrant();
    const host = hostOf(open);
    expect([(await refusalOf(host.pay())).reason, host.runs()]).toEqual([reason, 0]);
    await expectGrantIntact(id);
  });

  it('whose connection dies in the middle gives the grant back, and shows nothing of a driver', async () => {
    const { id } = await openGrant();
    const host = hostOf(async (run, client) => {
      await client.query('BEGIN');
      await run(client);
      await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
    });
    const { code, error } = await refusalOf(host.pay());
    expect([code, host.runs()]).toEqual(['INTERNAL_SERVER_ERROR', 1]);
    expect(error.message).not.toMatch(/terminat|connection|57P01/i);
    await expectGrantIntact(id);
  });

  it.each(['SERIALIZABLE', 'REPEATABLE READ'])(
    'at %s lets one of twenty parallel calls run, and tells the others to come again',
    async (level) => {
      const { id } = await openGrant();
      const strict: Open = async (run, client) => {
        await client.query(`BEGIN ISOLATION LEVEL ${level}`);
        const result = await run(client);
        await client.query('COMMIT');
        return result;
      };
      const host = hostOf(strict);
      const calls = await Promise.allSettled(Array.from({ length: 20 }, () => host.pay()));
      const reasons = calls.flatMap((call) =>
        call.status === 'rejected'
          ? [((call.reason as TRPCError).cause as unknown as { reason?: string } | undefined)?.reason]
          : [],
      );
      expect(reasons).toHaveLength(19);
      expect(
        reasons.filter(
          (reason) => reason !== 'authorization_required' && reason !== 'unavailable_dependency',
        ),
      ).toEqual([]);
      expect((await paid()).map(({ authorizationRequestId }) => authorizationRequestId)).toEqual([id]);
    },
  );

  it('that ends in a deadlock gives the grant back, says nothing of it, and leaves the other one be', async () => {
    await server.database.sql.query(
      'CREATE TABLE IF NOT EXISTS bank.account (id int PRIMARY KEY); INSERT INTO bank.account VALUES (1) ON CONFLICT DO NOTHING',
    );
    const request = await openGrant();
    const { promise: held, resolve: hold } = Promise.withResolvers<void>();
    const other = await clients.connect();
    await other.query("BEGIN; SET LOCAL deadlock_timeout = '10s'");
    await other.query('SELECT FROM bank.account WHERE id = 1 FOR UPDATE');
    const host = hostOf(committing, async (tx) => {
      hold();
      await tx.query("SET LOCAL deadlock_timeout = '100ms'");
      await tx.query('SELECT FROM bank.account WHERE id = 1 FOR UPDATE');
    });
    const failing = refusalOf(host.pay());
    await held;
    const waiting = other.query(
      'SELECT FROM countersign.authorization_request WHERE subject_id = $1 FOR UPDATE',
      [ada.subjectId],
    );
    expect((await failing).code).toBe('INTERNAL_SERVER_ERROR');
    await waiting;
    await other.query('COMMIT');
    other.release();
    await expectGrantIntact(request.id);
  });
});

describe('an entity manager', () => {
  const pay = (em: unknown, options: object = {}) => {
    const router = t.router({
      pay: t.procedure.concat(server.cs.guard(transfer, options)).mutation(({ ctx }) => ctx.authorization.id),
    });
    return router.createCaller({ ...server.cs.context(ada), em } as never).pay(data);
  };
  async function openGrant() {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    return request;
  }

  it('that only looks like one opens nothing, and uses nothing', async () => {
    const { id } = await openGrant();
    const fake = {
      transactional: (work: (em: unknown) => unknown) => work(fake),
      isInTransaction: () => true,
      getTransactionContext: () => undefined,
      getDriver: () => ({}),
    };
    const lying = { ...fake, transactional: (work: (em: unknown) => unknown) => work(lying) };
    Object.assign(lying, { getTransactionContext: () => ({ query: 'SELECT 1' }) });
    expect((await refusalOf(pay(fake))).reason).toBe('transaction_required');
    expect((await refusalOf(pay(lying))).reason).toBe('foreign_database');
    expect((await bank().transfer(data)).by).toBe(id);
  });

  it('whose database is away fails without a word of the driver, and uses nothing', async () => {
    const { id } = await openGrant();
    const orm = await MikroORM.init({
      clientUrl: 'postgres://bank:hunter2@127.0.0.1:1/ledger',
      entities: [Payment],
      ensureDatabase: false,
    });
    const { code, error } = await refusalOf(pay(orm.em.fork()));
    expect(code).toBe('INTERNAL_SERVER_ERROR');
    expect(error.message).not.toMatch(/ECONN|127\.0\.0\.1|hunter2|ledger/);
    await orm.close(true);
    expect((await bank().transfer(data)).by).toBe(id);
  });

  it('in a transaction already gives the grant back with the savepoint, or with the whole', async () => {
    const { id } = await openGrant();
    const inside = (fails: boolean, changesItsMind: boolean) =>
      ledger.orm.em.fork().transactional(async (em) => {
        const call = bankRouter(server.cs)
          .createCaller({
            ...server.cs.context(ada),
            em: em,
            afterwards: () => {
              if (fails) throw new Error('not this one');
            },
          })
          .transfer(data);
        const settled = await call.catch((error: Error) => error.message);
        if (changesItsMind) throw new Error('nor the whole');
        return settled;
      });
    expect(await inside(true, false)).toBe('not this one');
    await expect(inside(false, true)).rejects.toThrow('nor the whole');
    expect(await paid()).toEqual([]);
    expect(await inside(false, false)).toMatchObject({ by: id });
    expect(await paid()).toHaveLength(1);
  });

  it('that the host names by a function which throws fails without a word of it, and uses nothing', async () => {
    const { id } = await openGrant();
    const em = () => {
      throw new Error('postgres://bank:secret@10.0.0.7');
    };
    const { code, error } = await refusalOf(pay(undefined, { em }));
    expect([code, error.message]).toEqual([
      'INTERNAL_SERVER_ERROR',
      expect.not.stringContaining('secret') as string,
    ]);
    expect((await bank().transfer(data)).by).toBe(id);
  });
});

describe('a token', () => {
  const router = () =>
    t.router({
      bank: t.router({
        pay: t.procedure.concat(server.cs.guard(transfer)).mutation(({ ctx }) => ctx.authorization.id),
      }),
    });
  const scope = { rpc: { m: ['bank.pay'] } };
  const service = () => server.cs.createCaller({ kind: 'service' });
  async function issue(more: object = {}) {
    const issued = await service().scopedToken.issue({
      subjectId: ada.subjectId,
      sessionId: ada.sessionId!,
      scope,
      ...more,
    });
    return { id: issued.id, token: issued.token! };
  }
  async function callBy(token: string) {
    const request = new Request('http://localhost/', { headers: { authorization: `Bearer ${token}` } });
    const caller = await server.cs.authenticate(request);
    return router().createCaller(server.cs.context(caller, { request })).bank.pay(data);
  }
  /** Ada's grant for the data, in her session. */
  async function openGrant() {
    const { request } = await refusalOf(router().createCaller(server.cs.context(ada)).bank.pay(data));
    await approve(server.cs, ada, request);
    return request.id;
  }
  /** That nobody has used it. */
  async function expectGrantIntact(id: string): Promise<void> {
    expect(await router().createCaller(server.cs.context(ada)).bank.pay(data)).toBe(id);
  }

  it('of the session that asked uses its grant, once', async () => {
    const id = await openGrant();
    const { token } = await issue();
    expect(await callBy(token)).toBe(id);
    expect((await refusalOf(callBy(token))).reason).toBe('authorization_required');
  });

  it('of another session, of no session, or of another subject uses none', async () => {
    const id = await openGrant();
    const elsewhere = await issue({ sessionId: 'another' });
    expect((await refusalOf(callBy(elsewhere.token))).reason).toBe('authorization_required');
    const nowhere = await issue({ sessionId: undefined });
    expect((await refusalOf(callBy(nowhere.token))).reason).toBe('forbidden');
    const grace = await issue({ subjectId: `grace-${count}` });
    expect((await refusalOf(callBy(grace.token))).reason).toBe('authorization_required');
    await expectGrantIntact(id);
  });

  it('that is out of scope, was revoked, or pays for something uses none, though its subject has one', async () => {
    const id = await openGrant();
    const other = await issue({ scope: { rpc: { m: ['bank.other'] } } });
    expect((await refusalOf(callBy(other.token))).reason).toBe('insufficient_scope');
    const revoked = await issue();
    await service().scopedToken.revoke({ id: revoked.id });
    expect((await refusalOf(callBy(revoked.token))).reason).toBe('unauthenticated');
    const paying = await issue({ authorizationRequestId: id });
    expect((await refusalOf(callBy(paying.token))).reason).toBe('insufficient_scope');
    await expectGrantIntact(id);
  });

  it('that has expired since it was presented uses none', async () => {
    await using own = await startTestServer({ methods: [method], operations: { transfer } });
    const ours = t.router({
      pay: t.procedure.concat(own.cs.guard(transfer)).mutation(({ ctx }) => ctx.authorization.id),
    });
    const issued = await own.cs.createCaller({ kind: 'service' }).scopedToken.issue({
      subjectId: ada.subjectId,
      sessionId: ada.sessionId!,
      scope: { rpc: { m: ['pay'] } },
      maxAgeSeconds: 60,
    });
    const request = new Request('http://localhost/', {
      headers: { authorization: `Bearer ${issued.token}` },
    });
    const presented = ours.createCaller(own.cs.context(await own.cs.authenticate(request), { request }));
    const asked = await refusalOf(presented.pay(data));
    await approve(own.cs, ada, asked.request);
    own.clock.advance({ seconds: 61 });
    expect((await refusalOf(presented.pay(data))).reason).toBe('unauthenticated');
    expect(await ours.createCaller(own.cs.context(ada)).pay(data)).toBe(asked.request.id);
  });

  it('or key that is no subject uses none: neither a service key, nor one of an operator', async () => {
    const id = await openGrant();
    expect((await refusalOf(callBy(server.serviceKey))).reason).toBe('forbidden');
    const { key } = await server.cs
      .createCaller({ kind: 'operator' })
      .serviceKey.create({ title: 'the installation', role: 'operator' });
    expect((await refusalOf(callBy(key!))).reason).toBe('forbidden');
    await expectGrantIntact(id);
  });
});

describe('a call', () => {
  it('ten times in one batch runs once, and the others ask for one and the same request', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    const post = endpointOf(bankRouter(server.cs), () => ({
      ...server.cs.context(ada),
      em: ledger.orm.em.fork(),
    }));
    const path = `${Array.from({ length: 10 }, () => 'transfer').join()}?batch=1`;
    const body = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [index, data]));
    const answers = (await (await post(path, body)).json()) as {
      result?: { data: { by: string } };
      error?: { data: { authorizationRequest: { id: string } } };
    }[];
    expect(answers.flatMap(({ result }) => (result ? [result.data.by] : []))).toEqual([request.id]);
    const asked = answers.flatMap(({ error }) => (error ? [error.data.authorizationRequest.id] : []));
    expect([asked.length, new Set(asked).size, asked.includes(request.id)]).toEqual([9, 1, false]);
    expect(await paid()).toHaveLength(1);
  });

  it('that is given up before it begins, or while it runs, is done wholly or not at all', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await approve(server.cs, ada, request);
    const controller = new AbortController();
    const aborted = bankRouter(server.cs).createCaller(
      {
        ...server.cs.context(ada),
        em: ledger.orm.em.fork(),
        afterwards: () => {
          controller.abort();
          controller.signal.throwIfAborted();
        },
      },
      { signal: controller.signal },
    );
    await expect(aborted.transfer(data)).rejects.toThrow(/abort/i);
    expect(await paid()).toEqual([]);
    const before = bankRouter(server.cs).createCaller(
      { ...server.cs.context(ada), em: ledger.orm.em.fork() },
      { signal: AbortSignal.abort() },
    );
    const settled = await before.transfer(data).catch(() => null);
    expect([(await paid()).length, (await traces()).used]).toEqual(settled === null ? [0, 0] : [1, 1]);
  });

  it('with ever new data has no more messages sent than a subject may have', async () => {
    const reasons: (string | undefined)[] = [];
    for (let amountCents = 1; amountCents <= 14; amountCents += 1)
      reasons.push((await refusalOf(bank().transfer({ ...data, amountCents }))).reason);
    expect(reasons.filter((reason) => reason === 'authorization_required')).toHaveLength(10);
    expect(new Set(reasons)).toEqual(new Set(['authorization_required', 'rate_limited']));
  });

  it('without a session, where none is needed, finds the request that waits for it, and no call of a session does', async () => {
    const nowhere = guarded(anywhere, server.cs.context({ ...ada, sessionId: null }));
    const first = await refusalOf(nowhere.call({ n: 1 }));
    const again = await refusalOf(nowhere.call({ n: 1 }));
    const inSession = await refusalOf(guarded(anywhere).call({ n: 1 }));
    expect(again.request.id).toBe(first.request.id);
    expect(inSession.request.id).not.toBe(first.request.id);
  });

  it('that was denied is not asked for again at once', async () => {
    const { request } = await refusalOf(bank().transfer(data));
    await server.cs.createCaller(ada).authorizationRequest.deny({ id: request.id });
    expect((await refusalOf(bank().transfer(data))).reason).toBe('rate_limited');
  });
});
