import type { Keys } from '../keys.ts';
import type { Randomness } from '../ports.ts';
import { sealed, unsealed, type Seal } from '../seal.ts';

const secretBytes = 32;

/** `whsec_` and 32 random bytes in base64 (Standard Webhooks 1.0, "Signature scheme"). */
export function makeSecret(randomness: Randomness): string {
  return `whsec_${Buffer.from(randomness.bytes(secretBytes)).toString('base64')}`;
}

/** What signs for an endpoint. */
export interface Secrets {
  readonly current: string;
  /** The one before: it signs as well until its time is over. */
  readonly previous: string | null;
}

/** Bound to the endpoint: bytes that are copied to another row do not open. */
export function sealSecrets(
  keys: Keys,
  randomness: Randomness,
  endpointId: string,
  { current, previous }: Secrets,
): Buffer {
  return sealed(keys, randomness, sealOf(endpointId), { current, previous });
}

/** @throws Error as `unsealed`. */
export function openSecrets(keys: Keys, endpointId: string, bytes: Uint8Array): Secrets {
  return unsealed(keys, sealOf(endpointId), bytes) as Secrets;
}

function sealOf(endpointId: string): Seal {
  return { purpose: 'webhook', boundTo: [endpointId] };
}
