import { z } from 'zod';
import { defineOperation } from '../../src/operation/define.ts';

export const transferOperation = defineOperation({
  slug: 'transfer',
  data: z.strictObject({ to: z.string(), amountCents: z.number().int() }),
  title: 'Transfer money',
});
