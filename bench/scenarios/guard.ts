import { randomBytes, randomUUID } from 'node:crypto';
import { startTemporaryPostgres } from '@countersign/embedded-postgres';
import { createCountersign, defineOperation, otp, type CountersignContext } from '@countersign/server';
import { initTRPC } from '@trpc/server';
import pg from 'pg';
import { z } from 'zod';
import type { Benchmark, Effort } from '../benchmark.ts';
import { createDatabase } from '../database.ts';
import { quantile } from '../quantile.ts';

const data = z.strictObject({ to: z.string(), amountCents: z.number().int().positive() });
/** Below its limit nobody need be asked. */
const limited = defineOperation({
  slug: 'limited',
  data,
  title: 'Pay',
  when: ({ amountCents }) => amountCents > 10_000,
});
const always = defineOperation({ slug: 'always', data, title: 'Pay' });

/** Of the mutation with a guard to the one without. */
const goalWhenFalse = 1.05;
/** So many calls of one kind in a row, then of the next: grants are made between them, untimed. */
const calls = { short: 5, long: 100 };
const rounds = { short: 1, long: 25 };

interface HostContext extends CountersignContext {
  readonly db: Pick<pg.ClientBase, 'query'>;
}

export const guard: Benchmark = {
  name: 'guard',
  title:
    'a host’s mutation in its transaction: without a guard, below the guard’s limit, with a grant to consume',
  settings: 'in process, one call at a time, pg transactions, fsync and synchronous_commit on',
  async run(effort) {
    await using host = await openHost();
    const microseconds = await measureAll(host, effort);
    const ratio = (a: readonly number[], b: readonly number[]) =>
      quantile(
        a.map((one, round) => one / (b[round] ?? Number.NaN)),
        0.5,
      );
    const { bare, limited: below, granted, statement } = microseconds;
    const added = granted.map((one, round) => one - (bare[round] ?? Number.NaN));
    const figures = {
      microseconds: Object.fromEntries(
        Object.entries(microseconds).map(([name, all]) => [name, quantile(all, 0.5)]),
      ),
      whenFalse: { ratio: ratio(below, bare), goal: goalWhenFalse },
      withGrant: { ratio: ratio(granted, bare), addedToOneStatement: ratio(added, statement) },
    };
    return {
      figures,
      lines: [
        `without a guard     ${told(bare)}`,
        `below its limit     ${told(below)}   ratio ${figures.whenFalse.ratio.toFixed(3)}   goal ${goalWhenFalse}`,
        `with a grant        ${told(granted)}   ratio ${figures.withGrant.ratio.toFixed(2)}, which is ${figures.withGrant.addedToOneStatement.toFixed(2)} of the statement that consumes, alone   goal: one round trip more`,
        `that statement      ${told(statement)}`,
      ],
    };
  },
};

function told(all: readonly number[]): string {
  return `${quantile(all, 0.5).toFixed(0)} µs`.padStart(8);
}

async function measureAll(host: Awaited<ReturnType<typeof openHost>>, { isShort }: Effort) {
  const spent = {
    bare: [] as number[],
    limited: [] as number[],
    granted: [] as number[],
    statement: [] as number[],
  };
  const count = isShort ? calls.short : calls.long;
  for (let round = -1; round < (isShort ? rounds.short : rounds.long); round += 1) {
    // Somebody new in each round: nobody authorizes thousands of operations a day.
    const person = host.person(`ada-${round}`);
    const granted = Array.from({ length: count }, () => ({ to: randomUUID(), amountCents: 20_000 }));
    const consumed = granted.map(() => ({ to: randomUUID(), amountCents: 20_000 }));
    const small = granted.map((input) => ({ ...input, amountCents: 1 }));
    for (const input of [...granted, ...consumed]) await person.grant(input);
    const took = {
      bare: await timed(small, person.caller.bare),
      limited: await timed(small, person.caller.limited),
      granted: await timed(granted, person.caller.always),
      statement: await host.inTransaction(() => timed(consumed, person.consume)),
    };
    if (round < 0) continue; // Lets it be compiled, and its statements prepared.
    for (const name of Object.keys(spent) as (keyof typeof spent)[]) spent[name].push(took[name]);
  }
  return spent;
}

/** The median of the calls, in microseconds: one that waited for the disk of somebody else says nothing. */
async function timed<Input>(
  inputs: readonly Input[],
  call: (input: Input) => Promise<unknown>,
): Promise<number> {
  const took: number[] = [];
  for (const input of inputs) {
    const started = performance.now();
    await call(input);
    took.push((performance.now() - started) * 1000);
  }
  return quantile(took, 0.5);
}

/** A host whose three mutations write the same row in the same transaction. */
async function openHost() {
  const postgres = await startTemporaryPostgres();
  const url = await createDatabase(postgres.url(), 'bench_guard');
  const codes = new Map<string, string>();
  const unlimited = 1_000_000;
  const cs = await createCountersign({
    issuer: 'Bench Bank',
    audience: 'bank.example',
    secret: randomBytes(32).toString('base64'),
    database: url,
    methods: [
      otp({
        send: ({ request, code }) => Promise.resolve(void codes.set((request as { id: string }).id, code)),
        resolve: () => ({ channel: 'email', address: 'ada@example.org' }),
      }),
    ],
    operations: { limited, always },
    limits: {
      sendsPerSubjectDayMax: unlimited,
      sendsPerRecipientDayMax: unlimited,
      sendsPerRecipient10MinutesMax: unlimited,
    },
    sweep: false,
  });
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(
    'CREATE TABLE payment (id uuid PRIMARY KEY, "to" text NOT NULL, amount_cents integer NOT NULL)',
  );

  const t = initTRPC.context<HostContext>().create();
  const pay = async ({ db }: Pick<HostContext, 'db'>, { to, amountCents }: z.output<typeof data>) =>
    void (await db.query({
      name: 'pay',
      text: 'INSERT INTO payment VALUES ($1, $2, $3)',
      values: [randomUUID(), to, amountCents],
    }));
  async function inTransaction<Result>(work: () => Promise<Result>): Promise<Result> {
    await client.query('BEGIN');
    try {
      const result = await work();
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    }
  }
  const guarded = {
    transaction: <Result>(_ctx: object, run: (tx: pg.Client, additions: object) => Promise<Result>) =>
      inTransaction(() => run(client, { db: client })),
  };
  const router = t.router({
    bare: t.procedure.input(data).mutation(({ ctx, input }) => inTransaction(() => pay(ctx, input))),
    limited: t.procedure.concat(cs.guard(limited, guarded)).mutation(({ ctx, input }) => pay(ctx, input)),
    always: t.procedure.concat(cs.guard(always, guarded)).mutation(({ ctx, input }) => pay(ctx, input)),
  });
  return {
    inTransaction,
    person(subjectId: string) {
      const actor = { kind: 'subject', subjectId, sessionId: 'session' } as const;
      const { guard: guards, authorizationRequest } = cs.core;
      const context = cs.core.context(actor);
      const callOf = (input: z.output<typeof data>) =>
        guards.call(context, { operation: always, data: input });
      return {
        caller: router.createCaller({ ...cs.context(actor), db: client }),
        async grant(input: z.output<typeof data>): Promise<void> {
          const refused = await guards.refusal(context, callOf(input));
          const { id } = refused.authorizationRequest as { id: string };
          const proof = { method: 'otp', code: codes.get(id) ?? '' };
          codes.delete(id);
          const { granted } = await authorizationRequest.grant(context, { id, proof });
          if (!granted) throw new Error('our own code was judged wrong');
        },
        /** What the guard adds, in a transaction that is open already. */
        async consume(input: z.output<typeof data>): Promise<void> {
          const taken = await guards.take(context, callOf(input), { tx: client });
          if (taken === null) throw new Error('our own grant was not there');
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await client.end();
      await cs.close();
      await postgres.stop();
    },
  };
}
