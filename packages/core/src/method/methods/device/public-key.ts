import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { invalidInput } from '../../../error.ts';

/** The public half of a device's key, with the members that make it and no others. */
export type DevicePublicKey =
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };

const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, 'must be 32 bytes in base64url');

/** What WebCrypto and other libraries put beside a key. It changes nothing and is not kept. */
const besides = {
  kid: z.string().max(200).optional(),
  use: z.literal('sig').optional(),
  key_ops: z.array(z.literal('verify')).max(1).optional(),
  ext: z.boolean().optional(),
};

/** A JSON Web Key (RFC 7517): on P-256 (RFC 7518 §6.2.1) or Ed25519 (RFC 8037 §2). A private one is refused by its `d`. */
export const publicKeyInput = z
  .discriminatedUnion('kty', [
    z.strictObject({
      kty: z.literal('EC'),
      crv: z.literal('P-256'),
      x: bytes32,
      y: bytes32,
      alg: z.literal('ES256').optional(),
      ...besides,
    }),
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: bytes32,
      alg: z.enum(['EdDSA', 'Ed25519']).optional(),
      ...besides,
    }),
  ])
  .describe('The public half of the device’s key as a JSON Web Key, P-256 or Ed25519.');

/**
 * The key as it is stored.
 *
 * @throws CountersignError `invalid_input` for a point that is not on its curve, or of small order: for one of those
 * there are signatures that anybody can make.
 */
export function devicePublicKey(given: z.output<typeof publicKeyInput>): DevicePublicKey {
  const key: DevicePublicKey =
    given.kty === 'EC'
      ? { kty: 'EC', crv: 'P-256', x: given.x, y: given.y }
      : { kty: 'OKP', crv: 'Ed25519', x: given.x };
  if (key.kty === 'OKP' && isOfSmallOrder(key.x))
    throw invalidInput(['publicKey', 'x'], 'must not be of small order');
  try {
    keyObjectOf(key);
  } catch {
    throw invalidInput(['publicKey'], `must be a point on ${key.crv}`);
  }
  return key;
}

/** RFC 7638 §3.2, RFC 8037 §2: the hash of the members that make the key, in this order, without spaces. */
export function thumbprintOf(key: DevicePublicKey): string {
  const { crv, kty, x } = key;
  const members = key.kty === 'EC' ? { crv, kty, x, y: key.y } : { crv, kty, x };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

const signatureBytes = 64;

/** Whether the key made the signature: base64url of r‖s (ES256, RFC 7518 §3.4), or of what Ed25519 makes. */
export function isSignedBy(key: DevicePublicKey, signed: Uint8Array, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  if (bytes.length !== signatureBytes || bytes.toString('base64url') !== signature) return false;
  const algorithm = key.kty === 'EC' ? 'sha256' : null;
  return verify(algorithm, signed, { key: keyObjectOf(key), dsaEncoding: 'ieee-p1363' }, bytes);
}

function keyObjectOf(key: DevicePublicKey): KeyObject {
  return createPublicKey({ key: { ...key }, format: 'jwk' });
}

/**
 * The points of Ed25519 whose order divides 8, by their y in each spelling, without the sign: 0, 1, two of order 8,
 * p − 1, p, p + 1. Measured: with OpenSSL 3.0 one signature is right over every text for the key 1; 3.5 takes none.
 */
const smallOrders: ReadonlySet<string> = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

function isOfSmallOrder(x: string): boolean {
  const bytes = Buffer.from(x, 'base64url');
  bytes[31] = (bytes[31] ?? 0) & 0x7f;
  return smallOrders.has(bytes.toString('hex'));
}
