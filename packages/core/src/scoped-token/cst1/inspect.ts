import { hasChecksum } from './checksum.ts';
import { readContents } from './read-token.ts';
import type { TokenRefusal } from './refusal.ts';
import { restrictionsOf, scopeOf, type Restrictions, type TokenContents } from './restrictions.ts';
import type { EffectiveScope } from '../scope/scope.ts';
import { isTokenText, splitToken } from './wire.ts';

/** What a token says of itself. Nobody has verified it. */
export interface InspectedToken extends TokenContents {
  readonly ok: true;
  readonly verified: false;
  readonly kid: string;
  readonly scope: EffectiveScope;
  readonly restrictions: Restrictions;
}

export type Inspection =
  | InspectedToken
  | {
      readonly ok: false;
      readonly reason: Extract<TokenRefusal, 'malformed' | 'bad_checksum' | 'bad_claims'>;
    };

/**
 * Reads a token without a key: for a person at a command line, and for a holder who wants to know what they
 * hold. Nothing may be decided by it; anybody can write a token that says anything.
 *
 * @example
 * ```ts
 * const inspection = inspectScopedToken(token);
 * if (inspection.ok) inspection.restrictions.endsAt;
 * ```
 */
export function inspectScopedToken(token: string): Inspection {
  const wire = isTokenText(token) ? splitToken(token) : null;
  if (wire === null) return { ok: false, reason: 'malformed' };
  if (!hasChecksum(token)) return { ok: false, reason: 'bad_checksum' };
  const contents = readContents(wire);
  if (contents === null) return { ok: false, reason: 'bad_claims' };
  return {
    ok: true,
    verified: false,
    kid: wire.kid,
    ...contents,
    scope: scopeOf(contents),
    restrictions: restrictionsOf(contents),
  };
}
