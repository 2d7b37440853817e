import { z } from 'zod';
import { deviceView } from '../../factor/schema.ts';
import { deviceUuid } from '../../method/methods/device/proof.ts';
import { publicKeyInput } from '../../method/methods/device/public-key.ts';
import { context, id, idempotencyKey, subjectId, text } from '../../schema.ts';

export { deviceView } from '../../factor/schema.ts';

const accompanied = { idempotencyKey: idempotencyKey.optional(), context: context.optional() };

const uuid = deviceUuid.describe('What the device calls itself; one of this subject has it.');
const deviceId = id.describe('The id of the device’s factor.');

export const registerInput = z.strictObject({
  subjectId: subjectId
    .optional()
    .describe('Whose device it will be. Required from the service; otherwise the subject itself.'),
  uuid,
  name: text(1, 100).optional().describe('What the person calls it.'),
  slug: text(1, 64).optional().describe('What kind of device or app it is, in words of the host.'),
  publicKey: publicKeyInput.optional(),
  isPrimary: z
    .boolean()
    .optional()
    .describe('Whether it is prompted first. The first device of a subject always is.'),
  ...accompanied,
});
export type RegisterInput = z.input<typeof registerInput>;

export const registerOutput = z.object({
  device: deviceView,
  secret: z
    .string()
    .nullable()
    .optional()
    .describe(
      'Of a device without a key, shown once: null when the call is repeated with its idempotency key.',
    ),
});

const named = {
  uuid,
  subjectId: subjectId.describe('Whose device it says it is.'),
};

export const nonceInput = z.strictObject({ ...named, ...accompanied });
export const nonceOutput = z.object({
  nonce: z.string().describe('To be signed by the device; good once.'),
  expiresAt: z.date(),
});

/** What is wrong but well-formed is `unauthenticated`; how long a right one is, a stranger need not be told. */
const shown = text(1, 200);

export const authenticateInput = z.union([
  z.strictObject({
    ...named,
    secret: shown.describe('The secret that `device.register` has shown.'),
    ...accompanied,
  }),
  z.strictObject({
    ...named,
    nonce: shown.describe('From `device.nonce`.'),
    signature: shown.describe('Of the device’s key, base64url; over what the contract calls device bytes.'),
    ...accompanied,
  }),
]);
export type AuthenticateInput = z.input<typeof authenticateInput>;

export const authenticateOutput = z.object({
  token: z
    .string()
    .nullable()
    .describe('Shown once: null when the call is repeated with its idempotency key.'),
  expiresAt: z.date(),
});

export const listInput = z.strictObject({
  subjectId: subjectId
    .optional()
    .describe('Whose devices. Required from the service; otherwise the subject’s own.'),
});
export const listOutput = z.array(deviceView);

export const setPrimaryInput = z.strictObject({ id: deviceId, ...accompanied });
export const revokeInput = z.strictObject({ id: deviceId, ...accompanied });
