/**
 * Every method that comes with Countersign: a line here is all that a new one needs beside its own file. From here core
 * and server export it, a development server offers it, the documents and the client know its proof, and the
 * conformance suite judges it.
 */
export { device, type DeviceOptions } from './device.ts';
export { dummy } from './dummy.ts';
export { otp, type OtpOptions } from './otp.ts';
export { passkey, type PasskeyOptions } from './passkey.ts';
export { recoveryCodes } from './recovery-code.ts';
export { totp, type TotpOptions } from './totp.ts';
