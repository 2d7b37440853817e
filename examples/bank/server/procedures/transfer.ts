import { transfer } from '../../operations.ts';
import type { Bank } from '../bank.ts';
import { sendMoney } from '../send-money.ts';
import { transferViewOf } from '../transfer-view.ts';
import { customerProcedure } from '../trpc.ts';

export function createTransfer({ cs }: Bank) {
  // #region guard
  return customerProcedure
    .concat(cs.guard(transfer)) // its schema, its guard, its refusal
    .mutation(async ({ input, ctx: { em, person, authorization } }) => {
      const by = authorization?.id ?? null; // null: a free amount
      const sent = await sendMoney(em, { ...input, owner: person, by });
      return transferViewOf(sent, authorization);
    });
  // #endregion
}
