import { defineOperation } from '@countersign/server';
import { z } from 'zod';

/** The exact values that are dangerous, and what the person reads of them. */
export const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({
    to: z.string().min(1).max(34),
    amountCents: z.number().int().positive().max(100_000_000),
  }),
  title: 'Send money',
  facts: ({ to, amountCents }) => ({ To: to, Amount: euro(amountCents) }),
});

function euro(cents: number): string {
  return new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }).format(cents / 100);
}
