import type { Bank } from '../bank.ts';
import { resetDemo } from '../reset.ts';
import { t } from '../trpc.ts';

export function createDemoRouter(bank: Bank) {
  return t.router({
    reset: t.procedure.mutation(async () => {
      await resetDemo(bank);
      return { reset: true as const };
    }),
  });
}
