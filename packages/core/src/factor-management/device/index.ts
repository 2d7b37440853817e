export { listDevices as list } from './list.ts';
export { issueDeviceNonce as nonce } from './nonce.ts';
export { setPrimaryDevice as setPrimary } from './set-primary.ts';
