import { accounts, payees, people } from '../directory.ts';
import { Account } from '../entities.ts';
import { customerProcedure } from '../trpc.ts';
import type { RecipientView } from '../views.ts';

/** Everybody whom money can be sent to: the people of the bank by their first account, and one's own accounts. */
export const recipients = customerProcedure.query(
  async ({ ctx: { em, person } }): Promise<RecipientView[]> => {
    const open = await em.find(Account, { closedAt: null });
    const isOpen = new Set(open.map(({ id }) => id));
    const here = accounts.filter(
      ({ id, owner }) => isOpen.has(id) && (owner === person || id === firstOf(owner)),
    );
    return [
      ...here.map(({ owner, iban, name }) => ({
        name: people[owner].name,
        iban,
        ownAccount: owner === person ? name : null,
      })),
      ...Object.values(payees).map(({ name, iban }) => ({ name, iban, ownAccount: null })),
    ];
  },
);

function firstOf(person: string): string | undefined {
  return accounts.find(({ owner }) => owner === person)?.id;
}
