import { z } from 'zod';

/**
 * What a device calls itself, at most 36 characters of any script: a UUID, or a name that its maker gave. No control,
 * format or line characters, since two that look alike are then two to the eye as well; and not spaces alone.
 */
export const deviceUuid = z
  .string()
  .min(1)
  .max(36)
  .regex(/^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,36}$/u, 'must be 1 to 36 printable characters');

const deviceSecret = z
  .string()
  .regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'must be 32 bytes in base64url');

const deviceSignature = z
  .string()
  .regex(/^[A-Za-z0-9_-]{85}[AQgw]$/, 'must be 64 bytes in base64url')
  .describe('r‖s on P-256, or what Ed25519 makes; base64url.');

const digits = (minimum: number) =>
  z.string().regex(new RegExp(`^[0-9]{${minimum},10}$`), `must be ${minimum} digits or more`);

/** A device with a secret carries more digits: nothing else ties its answer to the screen. */
export const keyedDigits = 3;
export const secretDigits = 6;

/** Refusing needs no digits: who was asked by surprise has no screen to read them from. */
const digitsOrNone = z
  .string()
  .regex(/^([0-9]{3,10})?$/, 'must be 3 digits or more, or empty')
  .describe('May be empty: refusing needs none.');

/** A secret, or a signature over the decision. */
export const deviceProof = z.union([
  z.strictObject({ uuid: deviceUuid, secret: deviceSecret, digits: digits(secretDigits) }),
  z.strictObject({
    uuid: deviceUuid,
    signature: deviceSignature,
    decision: z.literal('grant'),
    digits: digits(keyedDigits),
  }),
  z.strictObject({
    uuid: deviceUuid,
    signature: deviceSignature,
    decision: z.literal('deny'),
    digits: digitsOrNone,
  }),
]);
export type DeviceProof = z.output<typeof deviceProof>;
