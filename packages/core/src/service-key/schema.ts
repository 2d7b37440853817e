import { z } from 'zod';
import { cursor, id, idempotencyKey, text } from '../schema.ts';
import { serviceKeyRoles } from './role.ts';

const keyId = z.templateLiteral(['key_', z.string()]);
const repeatable = { idempotencyKey: idempotencyKey.optional() };

/** Ten years. */
export const expiresInSecondsMax = 315_360_000;

export const createInput = z.strictObject({
  title: text(1, 100).describe('What it is for, such as “billing”.'),
  role: z
    .enum(serviceKeyRoles)
    .optional()
    .describe('`service`, the default, acts for every subject; `operator` runs the installation.'),
  expiresInSeconds: z
    .number()
    .int()
    .min(1)
    .max(expiresInSecondsMax)
    .optional()
    .describe('How long it lives; without it until it is revoked.'),
  ...repeatable,
});

/** A key as operators see it. The key itself is nowhere. */
export const serviceKeyView = z
  .object({
    id: keyId.describe('Names the key without being it: for lists and revocation.'),
    title: z.string(),
    role: z.enum(serviceKeyRoles),
    createdAt: z.date(),
    createdBy: z.string().describe('The kind of actor, and its key: `operator:key_…`.'),
    lastUsedOn: z.string().nullable().describe('A day in UTC, such as `2026-11-22`.'),
    expiresAt: z.date().nullable(),
    revokedAt: z.date().nullable(),
  })
  .meta({ id: 'ServiceKey', description: 'A credential of a service, or of an operator.' });
export type ServiceKeyView = z.output<typeof serviceKeyView>;

export const createOutput = z.object({
  ...serviceKeyView.shape,
  key: z
    .string()
    .nullable()
    .describe('The credential, shown once: null when the call is repeated with its idempotency key.'),
});

export const listLimit = 50;
export const listInput = z.strictObject({
  cursor: cursor.optional().describe('The `nextCursor` of the page before.'),
});
export const listOutput = z.object({
  items: z.array(serviceKeyView),
  nextCursor: z.string().nullable().describe('For the next page; null when this is the last one.'),
});

export const revokeInput = z.strictObject({ id: id.describe('The id of the key.'), ...repeatable });
