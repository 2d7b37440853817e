import { createSecretKey, timingSafeEqual } from 'node:crypto';
import { keyedDigest } from '../../../keys.ts';
import type { Randomness } from '../../../ports.ts';
import type { DevicePublicKey } from './public-key.ts';

/** What is stored of a device, sealed. */
export type DeviceConfig = KeyedDevice | SecretDevice;

export interface KeyedDevice {
  readonly kind: 'keyed';
  readonly uuid: string;
  readonly publicKey: DevicePublicKey;
}

/**
 * The secret is stored as HMAC-SHA-256 under a key of this device's own, drawn at random. That key lies beside the
 * digest, but both lie sealed under a key that is not in the database: whoever has a copy of the database has neither,
 * and a method, which is given no keys, can still compare.
 */
export interface SecretDevice {
  readonly kind: 'secret';
  readonly uuid: string;
  readonly digestKey: string;
  readonly digest: string;
}

const secretBytes = 32;

/** A device that has no key of its own: its secret is ours, shown once. */
export function makeSecretDevice(
  randomness: Randomness,
  uuid: string,
): { readonly config: SecretDevice; readonly secret: string } {
  const secret = textOf(randomness.bytes(secretBytes));
  const digestKey = textOf(randomness.bytes(secretBytes));
  const digest = textOf(secretDigest(digestKey, secret));
  return { config: { kind: 'secret', uuid, digestKey, digest }, secret };
}

/** In constant time. */
export function isSecretOf({ digestKey, digest }: SecretDevice, candidate: string): boolean {
  const [expected, given] = [Buffer.from(digest, 'base64url'), secretDigest(digestKey, candidate)];
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function secretDigest(digestKey: string, secret: string): Buffer {
  return keyedDigest(createSecretKey(Buffer.from(digestKey, 'base64url')), [secret]);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
