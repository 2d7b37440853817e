import type { EntityManager } from '@mikro-orm/postgresql';
import { TRPCError } from '@trpc/server';
import type { AccountRow } from './account-view.ts';
import { accountOf, type PersonId } from './directory.ts';
import { lockAccounts } from './lock-accounts.ts';
import { conflict, noSuchAccount } from './refuse.ts';
import { sendMoney } from './send-money.ts';

export interface Closing {
  readonly owner: PersonId;
  readonly account: string;
  /** Another account of the same person, for what is left. */
  readonly payOutTo: string;
  /** What the person was told is left. */
  readonly balanceCents: number;
  /** The authorization request. */
  readonly by: string | null;
}

/**
 * Pays out what is on an account and closes it, in one transaction.
 *
 * @throws TRPCError for what cannot be: also when there is more or less on it than the person was told.
 */
export async function closeOwnAccount(em: EntityManager, closing: Closing): Promise<AccountRow> {
  const { owner, payOutTo, balanceCents, by } = closing;
  if (payOutTo === closing.account)
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'Name another account to pay out to.' });
  return await em.transactional(async (tx) => {
    const locked = await lockAccounts(tx, [closing.account, payOutTo]);
    const account = locked.find(({ id }) => id === closing.account);
    if (account === undefined || locked.length !== 2 || locked.some((one) => one.owner !== owner))
      throw noSuchAccount();
    if (account.balanceCents !== balanceCents) throw conflict('The balance has changed in the meantime.');
    if (balanceCents > 0)
      await sendMoney(tx, {
        owner,
        from: account.id,
        to: accountOf(payOutTo)?.iban ?? '',
        amountCents: balanceCents,
        reference: 'Account closed',
        by,
      });
    if (account.closedAt) throw conflict('The account is closed already.');
    account.closedAt = new Date();
    return account;
  });
}
