import type { DeviceKey } from './device-key.ts';
import { authenticationBytes, decisionBytes, type Authentication, type Decision } from './signed-bytes.ts';

/**
 * The signature by which a device grants or refuses exactly this: the `signature` of its proof.
 *
 * @example
 * ```ts
 * const said = { decision: 'grant', digits, device: uuid } as const;
 * const { id, dataHash, displayHash } = request;
 * const signature = await signDecision(key, { ...said, request: id, dataHash, displayHash, nonce, expiresAt });
 * ```
 */
export async function signDecision(key: DeviceKey, decision: Decision): Promise<string> {
  return await key.sign(decisionBytes(decision));
}

/** The signature by which a device says which one it is: for `device.authenticate`. */
export async function signAuthentication(key: DeviceKey, authentication: Authentication): Promise<string> {
  return await key.sign(authenticationBytes(authentication));
}
