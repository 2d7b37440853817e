import { KeyObject } from 'node:crypto';
import { CountersignError, invalidInput } from '../../error.ts';
import { opensRoot } from '../scope/root.ts';
import { asciiJson } from './ascii.ts';
import { encodeText } from './base64url.ts';
import { tagOf } from './chain.ts';
import type { Claims } from './claims.ts';
import { authorityCharactersMax, isKeyId, lifetimeSecondsMax } from './format.ts';
import { judgeClaims } from './read-claims.ts';
import { joinToken, signedPart } from './wire.ts';

export interface MintTokenOptions {
  /** From `deriveTokenKey`, for the same key id and audience. */
  readonly key: KeyObject;
  readonly kid: string;
  readonly claims: Claims;
  /** Whether a grant may open everything (`**`, `/**`). */
  readonly allowRoot?: boolean | undefined;
}

/**
 * Mints a token. The claims are judged as a verifier will judge them, and written in the order given.
 *
 * @example
 * ```ts
 * const token = mintScopedToken({ key, kid: '2026a', claims });
 * token.startsWith('cst1.2026a.'); // true
 * ```
 * @throws CountersignError `invalid_input` for claims the format forbids, with the claim; `lifetime_too_long`
 * beyond 24 hours; `scope_too_wide` for a grant of everything without `allowRoot`.
 * @throws TypeError for a key that is no secret `KeyObject`, and for a kid that is none.
 */
export function mintScopedToken({ key, kid, claims, allowRoot = false }: MintTokenOptions): string {
  if (!(key instanceof KeyObject) || key.type !== 'secret')
    throw new TypeError('key must be a secret KeyObject');
  if (!isKeyId(kid)) throw new TypeError('kid must be 1 to 16 of a-z and 0-9');
  const reading = judgeClaims(claims);
  if (!reading.ok) throw invalidInput(['claims', ...reading.at], reading.problem);
  const { iat, exp, scp } = reading.body;
  if (exp - iat > lifetimeSecondsMax) throw new CountersignError('lifetime_too_long');
  if (!allowRoot && opensRoot(scp)) throw new CountersignError('scope_too_wide');

  const authority = encodeText(asciiJson(reading.body));
  if (authority.length > authorityCharactersMax)
    throw invalidInput(['claims'], `must fit into ${authorityCharactersMax} characters`, 'too_big');
  const wire = { signed: signedPart(kid, authority), blocks: [] };
  return joinToken({ ...wire, tag: tagOf(key, wire) });
}
