import { decodeAttestationObject, isoBase64URL } from '@simplewebauthn/server/helpers';

/**
 * Whether it says no more of the authenticator than was asked for. Nobody's attestation was, so none comes but what an
 * authenticator says of itself (WebAuthn §5.1.3, "none"). Asked here because the library judges every format that
 * comes, and to check those with certificates it may ask the address that a certificate names for its revocation list.
 */
export function isUnattested(attestationObject: string): boolean {
  const attestation = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
  const format = attestation.get('fmt');
  return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined);
}
