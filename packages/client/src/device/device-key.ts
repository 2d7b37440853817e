import { base64urlOf } from './base64url.ts';
import { assertSecureContext } from './secure-context.ts';

/** The public half, as `device.register` takes it. */
export type DevicePublicKey =
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };

/** The key by which a device decides. Whoever has the database of the server still cannot decide. */
export interface DeviceKey {
  /**
   * What the browser keeps of it. IndexedDB stores it as it is; the private half can be used by this origin and
   * read by nobody.
   */
  readonly pair: CryptoKeyPair;
  readonly publicKey: DevicePublicKey;
  /** Base64url: r‖s on P-256, 64 bytes in either case. */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
}

export interface DeviceKeyOptions {
  /** Default `P-256`, which every browser and every secure element can do. */
  readonly algorithm?: 'P-256' | 'Ed25519' | undefined;
}

const p256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const ed25519 = { name: 'Ed25519' } as const;

/**
 * Makes a new key, whose private half never leaves the browser's own keeping.
 *
 * @example
 * ```ts
 * const key = await createDeviceKey();
 * await bank.device.register({ subjectId: 'ada', uuid, publicKey: key.publicKey });
 * ```
 * @throws Error where a page has no WebCrypto, which is everywhere but on https and localhost; for Ed25519 also
 * where the browser cannot do it.
 */
export async function createDeviceKey({ algorithm = 'P-256' }: DeviceKeyOptions = {}): Promise<DeviceKey> {
  assertSecureContext();
  const isExtractable = false;
  const made = await crypto.subtle.generateKey(algorithm === 'P-256' ? p256 : ed25519, isExtractable, [
    'sign',
    'verify',
  ]);
  return deviceKeyFrom(made as CryptoKeyPair);
}

/**
 * The key of a pair that was kept, from `key.pair`.
 *
 * @example
 * ```ts
 * const { pair, publicKey } = await createDeviceKey();
 * const again = await deviceKeyFrom(pair);
 * console.log(again.publicKey.x === publicKey.x); // true
 * ```
 * @throws TypeError for a pair that is neither for ECDSA on P-256 nor of Ed25519, or cannot sign.
 */
export async function deviceKeyFrom(pair: CryptoKeyPair): Promise<DeviceKey> {
  assertSecureContext();
  const { privateKey } = pair;
  const publicKey = await exported(pair.publicKey);
  const algorithm = publicKey.kty === 'EC' ? p256 : ed25519;
  if (privateKey.algorithm.name !== algorithm.name || !privateKey.usages.includes('sign'))
    throw new TypeError('the private key of a device must sign, and be of the same kind as the public one');
  return {
    pair,
    publicKey,
    sign: async (bytes) =>
      base64urlOf(new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, bytes))),
  };
}

async function exported(key: CryptoKey): Promise<DevicePublicKey> {
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', key);
  if (d === undefined && x !== undefined && key.usages.includes('verify')) {
    if (kty === 'EC' && crv === 'P-256' && y !== undefined) return { kty, crv, x, y };
    if (kty === 'OKP' && crv === 'Ed25519') return { kty, crv, x };
  }
  throw new TypeError('a device key is a pair for ECDSA on P-256, or of Ed25519');
}
