import { z } from 'zod';
import { id, idempotencyKey, text } from '../schema.ts';

const methodId = z.templateLiteral(['mth_', z.string()]);
const repeatable = { idempotencyKey: idempotencyKey.optional() };

/** A method as this installation offers it. What is configured of it is in no view: it may be a secret. */
export const methodView = z
  .object({
    id: methodId,
    key: z.string(),
    title: z.string(),
    isDefault: z.boolean(),
    factorSchema: z.unknown().describe('JSON Schema of what a subject configures; null when nothing.'),
    isActive: z.boolean().optional().describe('For operators only.'),
    settingsSchema: z
      .unknown()
      .optional()
      .describe('JSON Schema of what an operator configures; null when nothing. For operators only.'),
  })
  .meta({ id: 'Method', description: 'A way of proving that this installation offers.' });
export type MethodView = z.output<typeof methodView>;

export const listInput = z.strictObject({
  includeInactive: z
    .boolean()
    .optional()
    .describe('Those that are switched off as well; for operators only.'),
});
export const listOutput = z.array(methodView);

export const configureInput = z.strictObject({
  id: id.optional().describe('What is changed; without it a further configuration of the method is made.'),
  key: z.string().min(1).max(40).describe('The method’s. It never changes.'),
  title: text(1, 200).describe('What people read.'),
  config: z
    .record(z.string(), z.unknown())
    .describe('All of it, as the method’s `settingsSchema` says. Stored encrypted and never shown again.'),
  isActive: z.boolean().optional().describe('Default: as it was, at first true.'),
  isDefault: z
    .boolean()
    .optional()
    .describe('`true` takes it from the one that has it. Default: as it was, at first false.'),
  ...repeatable,
});

export const removeInput = z.strictObject({ id: id.describe('Of what was configured.'), ...repeatable });
export const removeOutput = z.object({ removed: z.literal(true) });
