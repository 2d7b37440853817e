import { z } from 'zod';
import { context, id, idempotencyKey, subjectId, text } from '../schema.ts';

export const unlockInput = z.strictObject({
  subjectId: subjectId.describe('Whose wrong proofs are forgotten.'),
  factorId: id.optional().describe('Only those by this factor; the rest stays.'),
  method: text(1, 64).optional().describe('Only those by this method, where it needs no factor.'),
  idempotencyKey: idempotencyKey.optional(),
  context: context.optional(),
});
export const unlockOutput = z.object({
  unlocked: z.boolean().describe('False when nothing was held against it.'),
});
