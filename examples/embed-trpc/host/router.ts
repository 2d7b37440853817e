import { LockMode } from '@mikro-orm/core';
import { TRPCError } from '@trpc/server';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Bank } from './bank.ts';
import { customers } from './customer.ts';
import { Account, Payment } from './ledger.ts';
import { transfer } from './operations.ts';
import { customerProcedure, t } from './trpc.ts';

/** The bank's router, with Countersign's nested under a key. */
export function createAppRouter({ cs, ledger }: Bank) {
  return t.router({
    countersign: cs.router,
    bank: t.router({
      customer: t.procedure.query(({ ctx: { session } }) =>
        session === null ? null : { name: customers[session.customer].name },
      ),

      account: customerProcedure.query(({ ctx: { who } }) =>
        ledger.em.fork().findOneOrFail(Account, { owner: who.subjectId }),
      ),

      /** Asks the person. Nothing is sent yet. */
      ask: customerProcedure.input(transfer.data).mutation(async ({ ctx: { who }, input: data }) => {
        const { id } = await cs.authorizationRequest.create({ ...who, slug: transfer.slug, data });
        return { id };
      }),

      /** Sends what the person has authorized: these values, once. */
      send: customerProcedure
        .input(z.strictObject({ id: z.string(), ...transfer.data.shape }))
        .mutation(({ ctx: { who }, input: { id, ...data } }) =>
          ledger.em.fork().transactional(async (tx) => {
            const { receipt } = await cs.consume({ ...who, id, slug: transfer.slug, data }, { tx });
            const from = { owner: who.subjectId };
            const account = await tx.findOneOrFail(Account, from, { lockMode: LockMode.PESSIMISTIC_WRITE });
            if (account.balanceCents < data.amountCents) throw insufficientFunds();
            account.balanceCents -= data.amountCents;
            tx.create(Payment, { id: randomUUID(), ...from, ...data, authorizationRequestId: id });
            return { sentAt: receipt.consumedAt };
          }),
        ),
    }),
  });
}

/** Thrown inside the transaction, it takes the consumption back as well: the grant is still there. */
function insufficientFunds(): TRPCError {
  return new TRPCError({ code: 'CONFLICT', message: 'There is not that much in the account.' });
}

export type AppRouter = ReturnType<typeof createAppRouter>;
