export {
  clientKeyFrom,
  createClientKey,
  type ClientKey,
  type ClientKeyOptions,
  type ProvenRequest,
} from './client-key.ts';
export { createDevice, type Device, type DeviceOptions, type Prompt } from './device.ts';
export type { DeviceClient, DeviceProcedures } from './device-client.ts';
export type { DeviceIdentity } from './device-token.ts';
export {
  createDeviceKey,
  deviceKeyFrom,
  type DeviceKey,
  type DeviceKeyOptions,
  type DevicePublicKey,
} from './device-key.ts';
export { signAuthentication, signDecision } from './sign.ts';
export type { Authentication, Decision } from './signed-bytes.ts';
