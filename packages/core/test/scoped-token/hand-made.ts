import { createHmac, type KeyObject } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { deriveTokenKey, verifyScopedToken, type Claims } from '../../src/scoped-token/index.ts';

/** Tokens put together by other means than ours, so that what ours never writes can be presented as well. */

export const audience = 'bank.example';
export const kid = '2026a';
export const iat = 1_760_000_000;
export const now = iat + 60;
export const key = deriveTokenKey({ root: new Uint8Array(32).fill(7), kid, audience });

export const claims: Claims = {
  jti: 'AQIDBAUGBwgJCgsMDQ4PEA',
  sub: 'ada',
  aud: audience,
  iat,
  exp: iat + 3600,
  scp: { rpc: { q: ['invoice.*'], m: ['invoice.markPaid'] }, http: { GET: ['/api/v1/foo/**'] } },
};

interface Parts {
  readonly key?: KeyObject;
  readonly kid?: string;
  /** Raw bytes as latin-1 text, or the claims of this file with some of them changed. */
  readonly authority?: string;
  readonly blocks?: readonly string[];
  /** Written instead of base64url of the above. */
  readonly encodedAuthority?: string;
  readonly encodedBlocks?: readonly string[];
}

export const base64url = (text: string): string => Buffer.from(text, 'latin1').toString('base64url');

/** A token signed rightly over whatever it is given. */
export function handMade(parts: Parts = {}): string {
  const authority = parts.encodedAuthority ?? base64url(parts.authority ?? JSON.stringify(claims));
  const blocks = parts.encodedBlocks ?? (parts.blocks ?? []).map(base64url);
  const signed = `cst1.${parts.kid ?? kid}.${authority}`;
  let tag = createHmac('sha256', parts.key ?? key)
    .update(signed, 'utf8')
    .digest();
  for (const block of blocks) tag = createHmac('sha256', tag).update(`~${block}`, 'utf8').digest();
  return withChecksum(`${[signed, ...blocks].join('~')}.${tag.toString('base64url')}`);
}

/** Ends a text as a token ends: with a right checksum. */
export function withChecksum(text: string): string {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let rest = crc32(text);
  let checksum = '';
  for (let place = 0; place < 6; place += 1) {
    checksum = alphabet.charAt(rest % 62) + checksum;
    rest = Math.floor(rest / 62);
  }
  return text + checksum;
}

/** With its checksum made right again, so that it is the next check that refuses. */
export function mended(token: string): string {
  return withChecksum(token.slice(0, -6));
}

export const keys = (id: string): KeyObject | undefined => (id === kid ? key : undefined);

export function verify(token: string, options: { now?: number; audience?: string } = {}) {
  return verifyScopedToken(token, { keys, audience, now, ...options });
}

export const refused = (reason: string) => ({ ok: false, reason });
