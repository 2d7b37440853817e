import { z } from 'zod';
import { confirmationView } from '../confirmation/schema.ts';
import { factorView } from '../factor/schema.ts';
import { context, id, idempotencyKey, subjectId, text } from '../schema.ts';

export { deviceView, factorView, listInput, listOutput } from '../factor/schema.ts';

const accompanied = { idempotencyKey: idempotencyKey.optional(), context: context.optional() };

const factorId = id.describe('The id of the factor.');
const title = text(1, 100).describe('What the person calls it.');
/** Parsed by the method's own schema: its issues have paths that begin with `config`. */
const config = z
  .record(z.string(), z.unknown())
  .describe('What the method asks for: `factorSchema` of `method.list` says what.');

export const createInput = z.strictObject({
  subjectId: subjectId
    .optional()
    .describe('Whose factor it will be. Required from the service; otherwise the subject itself.'),
  methodId: text(1, 64).describe('The method: its id, or its key.'),
  title: title.optional(),
  config: config.optional(),
  isActive: z.boolean().optional().describe('Whether it may be used once it is confirmed; default true.'),
  isDefault: z
    .boolean()
    .optional()
    .describe('Whether it is asked first once it is confirmed. The first factor of a subject always is.'),
  confirmed: z
    .boolean()
    .optional()
    .describe('The service vouches for it: nothing is left to confirm. For the service only.'),
  ...accompanied,
});
export type CreateInput = z.input<typeof createInput>;

const changed = {
  factor: factorView,
  confirmation: confirmationView.optional().describe('To be given before it takes effect.'),
  setup: z
    .unknown()
    .optional()
    .describe('Shown once, and null when the call is repeated with its idempotency key.'),
};
export const createOutput = z.object(changed);

export const confirmInput = z.strictObject({
  id: factorId,
  confirmationId: id.describe('The confirmation that `factor.create` or `factor.update` answered.'),
  data: z.record(z.string(), z.unknown()).describe('What confirms it, as its method asks for it.'),
  ...accompanied,
});

export const updateInput = z.strictObject({
  id: factorId,
  title: title.optional(),
  config: config.optional(),
  isActive: z.boolean().optional().describe('Whether it may be used.'),
  isDefault: z.boolean().optional().describe('Whether it is asked first.'),
  ...accompanied,
});
export const updateOutput = z.object(changed);

export const removeInput = z.strictObject({ id: factorId, ...accompanied });
export const removeOutput = z.object({ removed: z.literal(true) });
