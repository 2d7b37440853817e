import { scopesOf, type EffectiveScope } from '../scope/scope.ts';
import type { Block, Claims, PayingRequest } from './claims.ts';

/** The authority of a token and what it was narrowed by, in order. */
export interface TokenContents {
  readonly claims: Claims;
  readonly blocks: readonly Block[];
}

/** From when, and until when (exclusive), in seconds: the latest beginning and the earliest end. */
export interface Period {
  readonly startsAt: number;
  readonly endsAt: number;
}

export function periodOf({ claims, blocks }: TokenContents): Period {
  let startsAt = Math.max(claims.iat, claims.nbf ?? 0);
  let endsAt = claims.exp;
  for (const { nbf = startsAt, exp = endsAt } of blocks) {
    startsAt = Math.max(startsAt, nbf);
    endsAt = Math.min(endsAt, exp);
  }
  return { startsAt, endsAt };
}

/** The scope of the authority, and that of every block that has one: all of them must allow a call. */
export function scopeOf({ claims, blocks }: TokenContents): EffectiveScope {
  let scopes: EffectiveScope = claims.scp;
  for (const { scp } of blocks) if (scp !== undefined) scopes = [...scopesOf(scopes), scp];
  return scopes;
}

/** Everything besides scope that a verifier has to enforce, over the authority and all blocks. */
export interface Restrictions extends Period {
  /** What all of them allow, of `h`, `w` and `q`; empty when nothing is left. */
  readonly carriers: string;
  /** Thumbprints of client keys: each must be proven. */
  readonly clientKeys: readonly string[];
  /** Each must pay for the call. */
  readonly requests: readonly PayingRequest[];
  /** Names of delegates, each of which can be revoked together with `jti`. */
  readonly delegates: readonly string[];
  /** For whom the token was made, and for whom it was narrowed; for tracking only. */
  readonly recipients: readonly string[];
}

/**
 * What a token's claims and blocks amount to, besides its scope.
 *
 * @example
 * ```ts
 * const restrictions = restrictionsOf({ claims, blocks: [{ cid: 'bookkeeper', car: 'h', exp: 1760000600 }] });
 * restrictions.endsAt; // 1760000600
 * restrictions.carriers; // 'h'
 * restrictions.delegates; // ['bookkeeper']
 * ```
 */
export function restrictionsOf(contents: TokenContents): Restrictions {
  const { claims, blocks } = contents;
  const all = [claims, ...blocks];
  const allowed = [claims.car ?? 'hw', ...blocks.map(({ car }) => car ?? 'hwq')];
  const present = <Value>(values: readonly (Value | undefined)[]): Value[] =>
    values.filter((value): value is Value & {} => value !== undefined);
  return {
    ...periodOf(contents),
    carriers: ['h', 'w', 'q']
      .filter((letter) => allowed.every((letters) => letters.includes(letter)))
      .join(''),
    clientKeys: [...new Set(present(all.map(({ cnf }) => cnf?.jkt)))],
    requests: present(all.map(({ arq }) => arq)),
    delegates: present(blocks.map(({ cid }) => cid)),
    recipients: present(all.map(({ rcp }) => rcp)),
  };
}
