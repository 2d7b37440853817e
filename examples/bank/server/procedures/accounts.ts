import { accountViewOf } from '../account-view.ts';
import { accounts as known } from '../directory.ts';
import { Account } from '../entities.ts';
import { customerProcedure } from '../trpc.ts';
import type { AccountView } from '../views.ts';

const places = new Map(known.map(({ id }, index) => [id, index]));

export const accounts = customerProcedure.query(async ({ ctx: { em, person } }): Promise<AccountView[]> => {
  const rows = await em.find(Account, { owner: person });
  return rows.sort((one, other) => placeOf(one.id) - placeOf(other.id)).map(accountViewOf);
});

function placeOf(id: string): number {
  return places.get(id) ?? places.size;
}
