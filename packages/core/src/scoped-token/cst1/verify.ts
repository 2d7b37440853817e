import { KeyObject } from 'node:crypto';
import type { VerifiedTokenCache } from './cache.ts';
import { tagOf } from './chain.ts';
import { hasChecksum } from './checksum.ts';
import { clockSkewSeconds, lifetimeSecondsMax } from './format.ts';
import { readContents } from './read-token.ts';
import type { TokenRefusal } from './refusal.ts';
import { periodOf, scopeOf, type Period } from './restrictions.ts';
import { sameText } from './same-text.ts';
import type { ProvenToken, RefusedToken, TokenTrust, VerifiedToken } from './verified-token.ts';
import { isTokenText, splitToken } from './wire.ts';

export interface VerifyTokenOptions extends TokenTrust {
  /** Seconds since 1970. */
  readonly now: number;
  /** Remembers what was verified; see `createVerifiedTokenCache`. */
  readonly cache?: VerifiedTokenCache | undefined;
}

/**
 * Verifies a token: its form, its key, its checksum, its signature, its claims, its audience and its time, in
 * this order. A refusal is a value, since it is the common case under attack and an exception costs four
 * times as much.
 *
 * Not asked here, and to be asked for every call: revocation, epoch, carrier, client key, authorization
 * request (`restrictionsOf`) and scope (`allowsProcedure`, `allowsHttp`).
 *
 * @example
 * ```ts
 * const keys = new Map([['2026a', key]]);
 * const verdict = verifyScopedToken(token, { keys: (kid) => keys.get(kid), audience: 'bank.example', now });
 * if (verdict.ok) allowsProcedure(verdict.scope, 'query', 'invoice.list');
 * else verdict.reason; // 'expired', 'bad_signature' …
 * ```
 */
export function verifyScopedToken(token: string, options: VerifyTokenOptions): VerifiedToken | RefusedToken {
  if (!isTokenText(token)) return refuse('malformed');
  const { cache, now } = options;
  const remembered = cache?.find(token, options);
  const proof = remembered ?? prove(token, options);
  if (!proof.ok) return proof;
  const untimely = judgeTime(periodOf(proof.verified), now);
  if (untimely !== null) return refuse(untimely);
  if (remembered === undefined) cache?.keep(proof);
  return proof.verified;
}

/** Everything that stays true of a token and may be remembered. */
function prove(token: string, { keys, audience }: TokenTrust): ProvenToken | RefusedToken {
  const wire = splitToken(token);
  if (wire === null) return refuse('malformed');
  const key = keys(wire.kid);
  if (!(key instanceof KeyObject)) return refuse('unknown_key'); // an object's `constructor` is no key
  if (!hasChecksum(token)) return refuse('bad_checksum');
  if (!sameText(wire.tag, tagOf(key, wire))) return refuse('bad_signature');

  const contents = readContents(wire);
  if (contents === null) return refuse('bad_claims');
  const { claims, blocks } = contents;
  if (claims.aud !== audience) return refuse('wrong_audience');
  if (claims.exp - claims.iat > lifetimeSecondsMax) return refuse('lifetime_too_long');
  const verified: VerifiedToken = { ok: true, claims, blocks, scope: scopeOf(contents) };
  return { ok: true, token, kid: wire.kid, key, audience, verified };
}

/** Asked so that a time that is no number refuses. */
function judgeTime({ startsAt, endsAt }: Period, now: number): TokenRefusal | null {
  if (!(now < endsAt)) return 'expired';
  return now + clockSkewSeconds >= startsAt ? null : 'not_yet_valid';
}

function refuse(reason: TokenRefusal): RefusedToken {
  return { ok: false, reason };
}
