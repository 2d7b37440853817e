import { base64urlOf } from './base64url.ts';

/** A public key on P-256 with the members that RFC 7638, §3.2, names, in its order, and no others. */
export interface PublicKey {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

/** @throws TypeError for a key that is no public key for ECDSA on P-256. */
export async function exportPublicKey(key: CryptoKey): Promise<PublicKey> {
  // Its type and curve are in what is exported; a private key, or another kind, lacks a member or has one more.
  const { crv, kty, x, y, d } = await crypto.subtle.exportKey('jwk', key);
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined || d !== undefined)
    throw new TypeError('a client key is a pair for ECDSA on P-256');
  return { crv, kty, x, y };
}

/** RFC 7638: the hash of the key's members in this order, without spaces. */
export async function thumbprintOf({ crv, kty, x, y }: PublicKey): Promise<string> {
  return sha256Of(JSON.stringify({ crv, kty, x, y }));
}

/** In base64url. */
export async function sha256Of(text: string): Promise<string> {
  return base64urlOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}
