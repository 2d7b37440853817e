import { initTRPC } from '@trpc/server';
import { defineOperation } from '@countersign/core';
import { z } from 'zod';
import type { Authorization } from '@countersign/core';
import type { Countersign, CountersignContext } from '../../src/index.ts';
import { transfer } from '../support/transfer.ts';

declare const cs: Countersign;
const t = initTRPC.context<CountersignContext & { user: string }>().create();
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_T extends true>(): void => undefined;

interface Data {
  to: string;
  amountCents: number;
}

t.procedure.concat(cs.guard(transfer)).mutation(({ ctx, input }) => {
  same<Equal<typeof input, Data>>();
  same<Equal<typeof ctx.authorization, Authorization<Data>>>();
  same<Equal<typeof ctx.user, string>>();
});

t.procedure
  .input(z.strictObject({ to: z.string(), amountCents: z.number() }))
  .use(cs.guard(transfer).middleware)
  .mutation(({ ctx, input }) => {
    same<Equal<typeof input, Data>>();
    same<Equal<typeof ctx.authorization.data, Data>>();
  });

// A condition may let a call through without an authorization.
const above = defineOperation({
  slug: 'above',
  data: z.strictObject({ n: z.number() }),
  title: 'x',
  when: ({ n }) => n > 1,
});
t.procedure.concat(cs.guard(above)).mutation(({ ctx }) => {
  same<Equal<typeof ctx.authorization, Authorization<{ n: number }> | null>>();
});

// An input that is no data of the operation.
t.procedure
  .input(z.strictObject({ to: z.string() }))
  // @ts-expect-error amountCents is missing
  .use(cs.guard(transfer).middleware);

// A context without our part.
const bare = initTRPC.context<{ user: string }>().create();
// @ts-expect-error cs.context(actor) is missing
bare.procedure.concat(cs.guard(transfer));

// A context without what the transaction of the guard needs.
// @ts-expect-error db is missing
t.procedure.concat(cs.guard(transfer, { transaction: (ctx: { db: object }, run) => run(ctx.db as never) }));
