import { closeAccount } from '../../operations.ts';
import { accountViewOf } from '../account-view.ts';
import { authorizationViewOf } from '../authorization-view.ts';
import type { Bank } from '../bank.ts';
import { closeOwnAccount } from '../close-account.ts';
import { customerProcedure } from '../trpc.ts';

/** What was authorized names the balance: an account that has changed since is not closed by it. */
export function createCloseAccount({ cs }: Bank) {
  return customerProcedure
    .concat(cs.guard(closeAccount))
    .mutation(async ({ input, ctx: { em, person, authorization } }) => {
      const by = authorization?.id ?? null;
      const account = await closeOwnAccount(em, { ...input, owner: person, by });
      return {
        account: accountViewOf(account),
        authorization: authorization && authorizationViewOf(authorization),
      };
    });
}
