import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { devicePublicKey, publicKeyInput } from '../../../src/method/methods/device/public-key.ts';
import { refusal } from '../../fixtures.ts';
import { vectors } from './vectors.ts';

const { d: secretOfP256, ...p256 } = vectors.keys.es256;
const { d: secretOfEd25519, ...ed25519 } = vectors.keys.ed25519;
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const jwkOf = (curve: string) =>
  generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ format: 'jwk' });

describe('the public key of a device', () => {
  it('is stored as the members that make it, whatever else WebCrypto exports', () => {
    const exported = { ...p256, ext: true, key_ops: ['verify'], alg: 'ES256', kid: 'k', use: 'sig' };
    expect(devicePublicKey(publicKeyInput.parse(exported))).toEqual(p256);
    expect(devicePublicKey(publicKeyInput.parse({ ...ed25519, ext: true }))).toEqual(ed25519);
  });

  it.each([
    ['a private key on P-256', { ...p256, d: secretOfP256 }],
    ['a private key of Ed25519', { ...ed25519, d: secretOfEd25519 }],
    ['another curve', jwkOf('secp384r1')],
    ['the curve of coins', jwkOf('secp256k1')],
    ['a curve that is another key’s', { ...p256, crv: 'Ed25519' }],
    ['P-256 as a key of another type', { ...p256, kty: 'OKP' }],
    ['a key for agreement', { kty: 'OKP', crv: 'X25519', x: ed25519.x }],
    ['an RSA key', generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })],
    ['a secret', { kty: 'oct', k: textOf(Buffer.alloc(32)) }],
    ['half a point', { kty: 'EC', crv: 'P-256', x: p256.x }],
    ['a short coordinate', { ...p256, x: textOf(Buffer.alloc(31)) }],
    ['a long coordinate', { ...p256, x: textOf(Buffer.alloc(33)) }],
    ['bits that are none', { ...ed25519, x: `${ed25519.x.slice(0, -1)}t` }],
    ['ordinary base64', { ...p256, x: `${p256.x.slice(0, -1)}+` }],
    ['padding', { ...p256, x: `${p256.x}=` }],
    ['a key for encryption', { ...p256, use: 'enc' }],
    ['a key that signs', { ...p256, key_ops: ['sign'] }],
    ['another algorithm', { ...p256, alg: 'HS256' }],
    ['a member of nobody', { ...p256, x5c: [] }],
    ['no object', JSON.stringify(p256)],
  ])('is not %s', (_, given) => {
    expect(publicKeyInput.safeParse(given).success).toBe(false);
  });

  it.each([
    ['beside its curve', { ...p256, y: textOf(Buffer.alloc(32, 1)) }],
    ['at nought', { ...p256, x: textOf(Buffer.alloc(32)), y: textOf(Buffer.alloc(32)) }],
    ['beyond the field', { ...p256, x: textOf(Buffer.alloc(32, 0xff)) }],
  ])('is not a point %s', (_, given) => {
    const parsed = publicKeyInput.parse(given);
    expect(() => devicePublicKey(parsed)).toThrow(expect.objectContaining(refusal('invalid_input')) as Error);
  });

  it('is none of those of Ed25519 for which signatures can be right over every text', () => {
    const identity = `01${'00'.repeat(31)}`;
    const points = [
      '00'.repeat(32),
      identity,
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
      'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
      `ec${'ff'.repeat(30)}7f`,
      `ed${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
    ];
    for (const point of points)
      for (const sign of [0, 0x80]) {
        const bytes = Buffer.from(point, 'hex');
        bytes[31] = (bytes[31] ?? 0) | sign;
        const parsed = publicKeyInput.parse({ kty: 'OKP', crv: 'Ed25519', x: textOf(bytes) });
        expect(() => devicePublicKey(parsed)).toThrow(
          expect.objectContaining(refusal('invalid_input')) as Error,
        );
      }
  });
});
