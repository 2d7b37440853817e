import { changeEmail } from '../../operations.ts';
import { authorizationViewOf } from '../authorization-view.ts';
import type { Bank } from '../bank.ts';
import { Person } from '../entities.ts';
import { keepEmailFactor } from '../factors/keep-email.ts';
import { customerProcedure } from '../trpc.ts';

export function createChangeEmail(bank: Bank) {
  return customerProcedure
    .use(async ({ ctx: { person }, next }) => {
      const result = await next();
      // After the commit: what Countersign keeps of the address follows the bank's own row, and never leads it.
      if (result.ok) await keepEmailFactor(bank, person);
      return result;
    })
    .concat(bank.cs.guard(changeEmail))
    .mutation(async ({ input: { email }, ctx: { em, person, authorization } }) => {
      await em.nativeUpdate(Person, { id: person }, { email });
      return { email, authorization: authorization && authorizationViewOf(authorization) };
    });
}
