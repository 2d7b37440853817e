// Made from packages/core/src/method/methods/index.ts by `npm run generate`. A change belongs there; a check
// fails when this is not up to date.

export {
  device,
  dummy,
  otp,
  passkey,
  recoveryCodes,
  totp,
  type DeviceOptions,
  type OtpOptions,
  type PasskeyOptions,
  type TotpOptions,
} from '@countersign/core';
