export { assertNoCredential, plant } from './canary.ts';
export { createTestClock, type Elapsed, type TestClock } from './clock.ts';
export { openTestCore, untilVisible, type TestCore } from './core.ts';
export { createTestDatabase, serverUrl, type TestDatabase } from './database.ts';
export { checksOf, describeMethodContract, type MethodContract, type ProofWorld } from './method-contract.ts';
export { createOutbox, type Outbox } from './outbox.ts';
export { findViolations, type InvariantOptions } from './invariants.ts';
export { createRandom, type Random } from './random.ts';
export { createVirtualAuthenticator, type VirtualAuthenticator } from './virtual-authenticator.ts';
export {
  createVirtualPasskey,
  type PasskeyChanges,
  type RegistrationChanges,
  type VirtualPasskey,
  type VirtualPasskeyOptions,
} from './virtual-passkey.ts';
export { createVirtualPhone, type PhonePrompt, type PhoneProof, type VirtualPhone } from './virtual-phone.ts';
