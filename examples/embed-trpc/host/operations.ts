import { defineOperation } from '@countersign/server';
import { z } from 'zod';

/** What the person reads is made here, on the server, from the values that will be executed. */
export const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({
    to: z.string().min(1).max(34),
    amountCents: z.number().int().positive().max(100_000_000),
  }),
  title: 'Send money',
  facts: ({ to, amountCents }) => ({ To: to, Amount: euro(amountCents) }),
});

export type Transfer = z.output<typeof transfer.data>;

function euro(cents: number): string {
  return (cents / 100).toLocaleString('en-IE', { style: 'currency', currency: 'EUR' });
}
