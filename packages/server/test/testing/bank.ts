import { defineOperation } from '@countersign/core';
import { initTRPC } from '@trpc/server';
import pg from 'pg';
import { z } from 'zod';
import type { CountersignContext } from '../../src/context.ts';
import type { Countersign } from '../../src/countersign.ts';
import type { TestParts } from '../../testing/index.ts';
import { transfer } from '../support/transfer.ts';

/** A host as somebody writes one: its own tables, its own context, a guarded mutation. */

const closeAccount = defineOperation({
  slug: 'close-account',
  data: z.strictObject({ reason: z.string() }),
  title: 'Close the account',
  facts: ({ reason }) => ({ Reason: reason }),
  methods: ['passkey', 'device', 'otp', 'totp', 'recovery-code'],
});

export const operations = { transfer, closeAccount };

interface BankContext extends CountersignContext {
  readonly ledger: pg.Pool;
  readonly customer: string | null;
}

const t = initTRPC.context<BankContext>().create();

function createBankRouter(cs: Countersign) {
  return t.router({
    countersign: cs.router,
    bank: t.router({
      transfer: t.procedure
        .concat(cs.guard(transfer, { transaction: inTransaction }))
        .mutation(async ({ ctx: { ledger, customer, authorization }, input }) => {
          const { data } = authorization;
          if (input.to === 'nobody') throw new Error('there is no such account');
          await ledger.query('INSERT INTO payment VALUES ($1, $2, $3, $4)', [
            authorization.id,
            customer,
            data.to,
            data.amountCents,
          ]);
          return { sent: data.amountCents };
        }),
      close: t.procedure.concat(cs.guard(closeAccount)).mutation(() => ({ closed: true })),
      hello: t.procedure.query(({ ctx }) => `hello ${ctx.customer ?? 'stranger'}`),
    }),
  });
}

export type BankRouter = ReturnType<typeof createBankRouter>;

type Run<Result> = (tx: pg.ClientBase, additions: { readonly ledger: pg.ClientBase }) => Promise<Result>;

async function inTransaction<Result>({ ledger }: BankContext, run: Run<Result>): Promise<Result> {
  const client = await ledger.connect();
  try {
    await client.query('BEGIN');
    const result = await run(client, { ledger: client });
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** For `createTestCountersign({ app })`: the bank's own connections to the database of the test. */
export async function openBank({ cs, database, defer }: TestParts) {
  const ledger = new pg.Pool({ connectionString: database });
  defer(() => ledger.end());
  await ledger.query(
    'CREATE TABLE payment (authorization_id text UNIQUE, payer text, payee text, cents int)',
  );
  return {
    router: createBankRouter(cs),
    contextOf: (caller: { readonly subjectId: string } | null) => ({
      ledger,
      customer: caller?.subjectId ?? null,
    }),
  };
}
