import type { KeyObject } from 'node:crypto';
import type { EffectiveScope } from '../scope/scope.ts';
import type { TokenRefusal } from './refusal.ts';
import type { TokenContents } from './restrictions.ts';

/** What a token says, once it is known to be true. Scope and every other restriction are still to be asked. */
export interface VerifiedToken extends TokenContents {
  readonly ok: true;
  /** For `allowsProcedure` and `allowsHttp`. */
  readonly scope: EffectiveScope;
}

export interface RefusedToken {
  readonly ok: false;
  readonly reason: TokenRefusal;
}

/** A token that was found right, and by what: all that must still be the same for it to be right again. */
export interface ProvenToken {
  readonly ok: true;
  readonly token: string;
  readonly kid: string;
  readonly key: KeyObject;
  readonly audience: string;
  readonly verified: VerifiedToken;
}

/** By what a token is judged. */
export interface TokenTrust {
  /** The key of a key id, from memory: a `Map`, never an object, a path or a query. Undefined: refused. */
  readonly keys: (kid: string) => KeyObject | undefined;
  /** The name of this service. */
  readonly audience: string;
}
