import { createPublicKey, verify } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { vectors, type algorithms } from '../../../core/test/method/device/vectors.ts';
import {
  createDeviceKey,
  deviceKeyFrom,
  signAuthentication,
  signDecision,
  type DeviceKey,
} from '../../src/device/index.ts';
import { authenticationBytes, decisionBytes } from '../../src/device/signed-bytes.ts';

const { subtle } = crypto;
const usages = ['sign', 'verify'] as const;
const importing = { ed25519: { name: 'Ed25519' }, es256: { name: 'ECDSA', namedCurve: 'P-256' } } as const;

afterEach(() => {
  vi.unstubAllGlobals();
});

async function publishedKey(algorithm: (typeof algorithms)[number]): Promise<DeviceKey> {
  const { d, ...publicKey } = vectors.keys[algorithm];
  return await deviceKeyFrom({
    privateKey: await subtle.importKey('jwk', { ...publicKey, d }, importing[algorithm], false, ['sign']),
    publicKey: await subtle.importKey('jwk', publicKey, importing[algorithm], true, ['verify']),
  });
}

function isSignedBy({ publicKey }: DeviceKey, bytes: Uint8Array, signature: string): boolean {
  const key = createPublicKey({ key: { ...publicKey }, format: 'jwk' });
  const hash = publicKey.kty === 'EC' ? 'sha256' : null;
  return verify(hash, bytes, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe.each(vectors.decisions)('$what', ({ values, bytes, ed25519 }) => {
  const decision = { ...values, expiresAt: new Date(values.expiresAt * 1000 + 999) };

  it('is signed as exactly the bytes that the server verifies', async () => {
    expect(hexOf(decisionBytes(decision))).toBe(bytes);
    expect(hexOf(decisionBytes({ ...decision, more: 'x' } as typeof decision))).toBe(bytes);
    expect(await signDecision(await publishedKey('ed25519'), decision)).toBe(ed25519);
    const es256 = await publishedKey('es256');
    expect(isSignedBy(es256, Buffer.from(bytes, 'hex'), await signDecision(es256, decision))).toBe(true);
  });
});

describe.each(vectors.authentications)('$what that says who it is', ({ values, bytes, ed25519 }) => {
  it('signs exactly the bytes that the server verifies', async () => {
    expect(hexOf(authenticationBytes(values))).toBe(bytes);
    expect(await signAuthentication(await publishedKey('ed25519'), values)).toBe(ed25519);
  });
});

describe.each(['P-256', 'Ed25519'] as const)('a device key (%s)', (algorithm) => {
  it('has a private half that nobody can read, and a public one that names nothing else', async () => {
    const key = await createDeviceKey({ algorithm });
    expect(key.pair.privateKey.extractable).toBe(false);
    await expect(subtle.exportKey('jwk', key.pair.privateKey)).rejects.toThrow('not extractable');
    const members = algorithm === 'P-256' ? ['crv', 'kty', 'x', 'y'] : ['crv', 'kty', 'x'];
    expect(Object.keys(key.publicKey).toSorted()).toEqual(members);
    expect(key.publicKey.crv).toBe(algorithm);
  });

  it('signs as before after it was stored as IndexedDB stores it', async () => {
    const key = await createDeviceKey({ algorithm });
    const again = await deviceKeyFrom(structuredClone(key.pair));
    expect(again.publicKey).toEqual(key.publicKey);
    const bytes = new TextEncoder().encode('said');
    const signature = await again.sign(bytes);
    expect(signature).toMatch(/^[\w-]{86}$/);
    expect(isSignedBy(key, bytes, signature)).toBe(true);
  });
});

describe('a device key', () => {
  it('is on P-256 unless something else is said, and another one each time', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => createDeviceKey()));
    expect(new Set(keys.map(({ publicKey }) => publicKey.x)).size).toBe(20);
    expect(keys.every(({ publicKey }) => publicKey.kty === 'EC')).toBe(true);
  });

  it('is made of a pair that can sign on P-256 or by Ed25519, and of no other', async () => {
    const right = (await createDeviceKey()).pair;
    const p384 = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, false, usages);
    const exchange = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveKey']);
    const { privateKey, publicKey } = right;
    const mixed = { privateKey, publicKey: (await createDeviceKey({ algorithm: 'Ed25519' })).pair.publicKey };
    const readable = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, usages);
    const swapped = { privateKey: readable.publicKey, publicKey: readable.privateKey };
    for (const pair of [p384, exchange, mixed, swapped, { privateKey: publicKey, publicKey }])
      await expect(deviceKeyFrom(pair)).rejects.toThrow(TypeError);
  });

  it('cannot be made on a page without WebCrypto, and the error says why', async () => {
    const { pair } = await createDeviceKey();
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
    await expect(createDeviceKey()).rejects.toThrow('https, or localhost');
    await expect(deviceKeyFrom(pair)).rejects.toThrow('https, or localhost');
  });
});
