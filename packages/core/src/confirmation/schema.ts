import { z } from 'zod';
import { challengeView } from '../challenge/schema.ts';
import { context, id, idempotencyKey, subjectId, text } from '../schema.ts';
import { statuses } from './state.ts';

/** A confirmation as it leaves core. No field can hold a secret. */
export const confirmationView = z
  .object({
    id: z.templateLiteral(['conf_', z.string()]).describe('The id of the confirmation.'),
    status: z
      .enum(statuses)
      .describe('Where it stands; `in_process` as soon as anything was asked or tried.'),
    isAvailable: z.boolean().describe('Whether it can be used now.'),
    purpose: z.string().nullable().describe('What it is for; it serves nothing else.'),
    methodId: z.string().describe('The way to prove.'),
    factorId: z.string().nullable().describe('The one factor that can prove it, or null.'),
    subjectId: z.string().nullable().describe('Whose it is: an id of the host, or null.'),
    data: z.unknown().describe('What is to be confirmed, or null.'),
    createdAt: z.date(),
    expiresAt: z.date().describe('Until when it can be confirmed and used.'),
    confirmedAt: z.date().nullable(),
    usedAt: z.date().nullable(),
    attemptsLeft: z.number().int().describe('Wrong proofs that are left.'),
    challenge: challengeView.nullable().describe('What was asked, while it can be answered.'),
  })
  .meta({ id: 'Confirmation', description: 'A statement that a proof was given. It is used once.' });
export type ConfirmationView = z.output<typeof confirmationView>;

const accompanied = { idempotencyKey: idempotencyKey.optional(), context: context.optional() };
const confirmationId = id.describe('The id of the confirmation.');
const purpose = text(1, 100);
const leftOut = 'Left out, it equals only a confirmation that has none.';

export const requestInput = z.strictObject({
  methodId: id.optional().describe('The way to prove, by its id or key. Either this or `factorId`.'),
  factorId: id.optional().describe('The one factor to prove with; its method is its own.'),
  subjectId: subjectId
    .optional()
    .describe('Whose it is. From the service: default null. Otherwise the subject itself.'),
  purpose: purpose.optional().describe('What it is for; default null.'),
  data: z
    .unknown()
    .optional()
    .describe(
      'What is to be confirmed: JSON of at most 16 KiB and 16 levels; default null. With a method alone, the place that the message goes to, where the method takes one: `{ channel, address }`.',
    ),
  ...accompanied,
});
export type RequestInput = z.input<typeof requestInput>;

export const confirmInput = z.strictObject({
  id: confirmationId,
  data: z.record(z.string(), z.unknown()).describe('The proof, without its `method`.'),
  ...accompanied,
});

export const checkInput = z.strictObject({ id: confirmationId });
export const checkOutput = z.object({
  available: z.boolean().describe('Whether it can be used now.'),
  confirmation: confirmationView
    .optional()
    .describe('Absent for one that is unknown, used, or somebody else’s.'),
});

export const useInput = z.strictObject({
  id: confirmationId,
  purpose: purpose.optional().describe(`What it must be for. ${leftOut}`),
  subjectId: subjectId.optional().describe(`Whose it must be. ${leftOut}`),
  factorId: id.optional().describe(`The factor that must have proven it. ${leftOut}`),
  data: z.unknown().optional().describe(`What must have been confirmed. ${leftOut}`),
  ...accompanied,
});
export const useOutput = z.object({
  used: z.boolean().describe('True once, for the one call that used it.'),
  confirmation: confirmationView.optional().describe('What was used.'),
});
