import { defineOperation } from '@countersign/core';
import { z } from 'zod';

/** The one dangerous operation of these tests. */
export const transfer = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int().positive() }),
  title: 'Transfer money',
  facts: (data) => ({ To: data.to, Amount: `€ ${data.amountCents / 100}` }),
});

export const transferData = { to: 'GB29', amountCents: 250_000 };

export const transferRequest = {
  slug: 'transfer',
  subjectId: 'ada',
  data: transferData,
  deliverTo: { channel: 'email', address: 'ada@example.org' },
} as const;

/** A well-formed code that is not this one. */
export function wrongCode(code: string): string {
  return code.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
}
