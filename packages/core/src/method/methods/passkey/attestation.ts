import { decodeAttestationObject, isoBase64URL, parseAuthenticatorData } from '@simplewebauthn/server/helpers';

type Attestation = ReturnType<typeof decodeAttestationObject>;

/**
 * Whether it says no more of the authenticator than was asked for, and all that it says is there. Asked here because the
 * library judges every format that comes, and takes bytes that are missing at the end for none.
 */
export function isPlainAttestation(attestationObject: string): boolean {
  const attestation = decodeAttestationObject(isoBase64URL.toBuffer(attestationObject));
  return isUnattested(attestation) && isWhole(attestation.get('authData'));
}

/**
 * Nobody's attestation was asked for, so none comes but what an authenticator says of itself (WebAuthn §5.1.3, "none").
 * The formats with certificates are refused before one is read: to check them the library may ask the address that a
 * certificate names for its revocation list.
 */
function isUnattested(attestation: Attestation): boolean {
  const format = attestation.get('fmt');
  return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined);
}

/** Hash of the relying party, flags, counter, AAGUID, and the length of the credential id (WebAuthn §6.1, §6.5.1). */
const fixedBytes = 32 + 1 + 4 + 16 + 2;

/** A key that is cut off would be registered, and could never be verified with. */
function isWhole(authenticatorData: Parameters<typeof parseAuthenticatorData>[0]): boolean {
  const { credentialID, credentialPublicKey, extensionsDataBuffer } = parseAuthenticatorData(authenticatorData);
  const variable = [credentialID, credentialPublicKey, extensionsDataBuffer];
  return authenticatorData.length === variable.reduce((sum, part) => sum + (part?.length ?? 0), fixedBytes);
}
