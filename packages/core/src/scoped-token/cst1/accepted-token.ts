import type { Id } from '../../id.ts';
import type { EffectiveScope } from '../scope/scope.ts';
import type { Restrictions, TokenContents } from './restrictions.ts';

/** Which token it is, and whose: what is known of one whose signature was right. */
export interface KnownToken {
  readonly id: Id<'scopedToken'>;
  /** Whom it acts for. */
  readonly subjectId: string;
  readonly sessionId: string | null;
}

/** A token that may be used now. Scope and paying requests are asked for every call, by who makes it. */
export interface AcceptedToken extends KnownToken, TokenContents {
  readonly ok: true;
  /** For `allowsProcedure` and `allowsHttp`. */
  readonly scope: EffectiveScope;
  /** `requests` must pay for the call before it happens; `endsAt` is when a stream ends. */
  readonly restrictions: Restrictions;
  /** True while revocations are unknown and only queries are let through (`queries`). */
  readonly onlyQueries: boolean;
  readonly kid: string;
}
