import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { COSEALG, isoCBOR } from '@simplewebauthn/server/helpers';

/**
 * The three that a relying party should offer at least (WebAuthn §5.4, `pubKeyCredParams`): security keys have the
 * first two, an older Windows Hello only the third. Named, because the library's own list depends on what the runtime
 * can do: a passkey made on one server could not be verified on another.
 */
export const algorithms = [COSEALG.ES256, COSEALG.EdDSA, COSEALG.RS256];

/** NIST SP 800-131A: less is no longer enough. */
const rsaBitsMin = 2048;

/**
 * Whether the key is what its algorithm says: of its one curve, with a point on it (WebAuthn §5.8.5). The library reads
 * a key only to verify with it, and takes one that is cut off for a short one: it would be registered and never be right.
 *
 * @throws when it is no key at all.
 */
export function isUsableKey(cose: Uint8Array<ArrayBuffer>): boolean {
  const jwk = jwkOf(isoCBOR.decodeFirst<CoseKey>(cose));
  if (jwk === null) return false;
  const { asymmetricKeyDetails: rsa } = createPublicKey({ key: jwk, format: 'jwk' });
  if (rsa?.modulusLength === undefined || rsa.publicExponent === undefined) return jwk.kty !== 'RSA';
  return rsa.modulusLength >= rsaBitsMin && rsa.publicExponent % 2n === 1n;
}

type CoseKey = ReadonlyMap<number, unknown>;

/** By the numbers of RFC 9053 §7 and RFC 8230 §4: 1 is the type of the key, 3 its algorithm. */
function jwkOf(key: CoseKey): JsonWebKey | null {
  const text = (label: number) => {
    const value = key.get(label);
    return value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : '';
  };
  switch (key.get(3)) {
    case COSEALG.ES256:
      return key.get(1) === 2 && key.get(-1) === 1
        ? { kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) }
        : null;
    case COSEALG.EdDSA:
      return key.get(1) === 1 && key.get(-1) === 6 ? { kty: 'OKP', crv: 'Ed25519', x: text(-2) } : null;
    case COSEALG.RS256:
      return key.get(1) === 3 ? { kty: 'RSA', n: text(-1), e: text(-2) } : null;
    default:
      return null;
  }
}
