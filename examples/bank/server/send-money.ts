import type { EntityManager } from '@mikro-orm/postgresql';
import { TRPCError } from '@trpc/server';
import { randomUUID } from 'node:crypto';
import type { AccountRow } from './account-view.ts';
import { accounts, holderOf, type PersonId } from './directory.ts';
import { Payment } from './entities.ts';
import type { PaymentRow } from './history.ts';
import { lockAccounts } from './lock-accounts.ts';
import { conflict, noSuchAccount } from './refuse.ts';

export interface Sending {
  readonly owner: PersonId;
  /** The id of an account here. */
  readonly from: string;
  /** The number of an account, here or at another bank. */
  readonly to: string;
  readonly amountCents: number;
  readonly reference: string;
  /** The authorization request; null when nobody had to be asked. */
  readonly by: string | null;
}

export interface Sent {
  readonly payment: PaymentRow;
  readonly account: AccountRow;
}

/**
 * Moves money, in the transaction of `em` or one of its own.
 *
 * @throws TRPCError for what cannot be.
 */
export async function sendMoney(em: EntityManager, sending: Sending): Promise<Sent> {
  const { owner, from, to, amountCents, reference, by } = sending;
  const receiving = accounts.find(({ iban }) => iban === to)?.id ?? null;
  if (receiving === from) throw new TRPCError({ code: 'BAD_REQUEST', message: 'This is the same account.' });
  return await em.transactional(async (tx) => {
    const locked = await lockAccounts(
      tx,
      [from, receiving].filter((id) => id !== null),
    );
    const account = locked.find((each) => each.id === from && each.owner === owner);
    if (account === undefined) throw noSuchAccount();
    if (locked.some(({ closedAt }) => closedAt)) throw conflict('One of the accounts is closed.');
    if (account.balanceCents < amountCents) throw conflict('There is not that much in the account.');
    account.balanceCents -= amountCents;
    const other = locked.find(({ id }) => id === receiving);
    if (other !== undefined) other.balanceCents += amountCents;
    const payment = tx.create(Payment, {
      id: randomUUID(),
      from,
      to: receiving,
      payeeName: receiving === null ? holderOf(to) : null,
      payeeIban: receiving === null ? to : null,
      reference,
      amountCents,
      bookedAt: new Date(),
      authorizationRequestId: by,
    });
    return { payment, account };
  });
}
