import { otp, type Actor } from '@countersign/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC, TRPCError } from '@trpc/server';
import { randomUUID } from 'node:crypto';
import { createCountersign } from '../../src/index.ts';
import { transfer } from '../support/transfer.ts';
import { bankRouter, Payment, type BankContext } from './bank.ts';

/** Where all processes live. */
export interface RaceGround {
  readonly databaseUrl: string;
  readonly secret: string;
}

/** What becomes of a call once it is authorized and has written. */
export type Fate = 'commit' | 'throw' | 'crash';

export interface RaceJob {
  readonly number: number;
  readonly actor: Actor;
  readonly data: { readonly to: string; readonly amountCents: number };
  /** Whether consumption and writing commit together. */
  readonly transaction: boolean;
  /** One call each, all at once. */
  readonly fates: readonly Fate[];
}

/** The request that a call ran by, or why it did not and what it is to be authorized by. */
export type RaceOutcome =
  | { readonly ranBy: string }
  | { readonly refused: string; readonly asked: string | undefined };

export interface RaceReport {
  readonly number: number;
  readonly outcomes: readonly RaceOutcome[];
}

/** One process of a host: serves guarded calls until it is told to end. */
const { databaseUrl, secret } = JSON.parse(process.argv[2] ?? '') as RaceGround;
const cs = await createCountersign({
  issuer: 'Test Bank',
  audience: 'bank.test',
  secret,
  database: databaseUrl,
  methods: [
    otp({
      send: async () => undefined,
      resolve: ({ subjectId }) => ({ channel: 'email', address: `${subjectId}@example.org` }),
    }),
  ],
  operations: { transfer },
  migrate: false,
  sweep: false,
});
const orm = await MikroORM.init({
  clientUrl: databaseUrl,
  entities: [Payment],
  schema: 'bank',
  ensureDatabase: false,
  pool: { min: 0, max: 5 },
});
const t = initTRPC.context<BankContext>().create();
const withoutTransaction = t.router({
  transfer: t.procedure
    .concat(cs.guard(transfer, { em: () => null }))
    .mutation(async ({ ctx: { authorization, em, afterwards } }) => {
      em.create(Payment, {
        id: randomUUID(),
        ...authorization.data,
        authorizationRequestId: authorization.id,
      });
      await em.flush();
      await afterwards?.();
      return { by: authorization.id };
    }),
});
const withTransaction = bankRouter(cs);

async function call({ actor, data, transaction }: RaceJob, fate: Fate): Promise<RaceOutcome> {
  const context: BankContext = {
    ...cs.context(actor),
    em: orm.em.fork(),
    afterwards() {
      if (fate === 'crash') process.kill(process.pid, 'SIGKILL');
      if (fate === 'throw') throw new TRPCError({ code: 'CONFLICT', message: 'after all not' });
    },
  };
  const router = transaction ? withTransaction : withoutTransaction;
  try {
    return { ranBy: (await router.createCaller(context).transfer(data)).by };
  } catch (error) {
    const { code, cause } = error as TRPCError;
    const { authorizationRequest } = (cause ?? {}) as { authorizationRequest?: { id: string } };
    return { refused: code, asked: authorizationRequest?.id };
  }
}

process.on('message', (job: RaceJob) => {
  void Promise.all(job.fates.map((fate) => call(job, fate))).then((outcomes) =>
    process.send?.({ number: job.number, outcomes } satisfies RaceReport),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
