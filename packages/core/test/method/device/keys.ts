import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A device's own key, as its owner holds it. */
export interface TestKey {
  readonly jwk: Record<string, string>;
  /** r‖s on P-256, base64url. */
  sign(bytes: Uint8Array): string;
  readonly privateKey: KeyObject;
}

export function testKey(algorithm: 'es256' | 'ed25519' = 'es256'): TestKey {
  const { publicKey, privateKey } =
    algorithm === 'es256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519');
  return {
    jwk: publicKey.export({ format: 'jwk' }) as Record<string, string>,
    privateKey,
    sign: (bytes) =>
      sign(algorithm === 'es256' ? 'sha256' : null, bytes, {
        key: privateKey,
        dsaEncoding: 'ieee-p1363',
      }).toString('base64url'),
  };
}
