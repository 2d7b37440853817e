import type { HttpActor } from './actor.ts';

/** How the guard of an HTTP route meets its host. `Asked` is a `Request`, or the context of Hono. */
export interface HttpGuardedOptions<Asked> {
  /**
   * Who calls: whom your own session names, or `auth` of `cs.rest`. Null is nobody.
   *
   * @example
   * ```ts
   * actor: (c) => ({ kind: 'subject', subjectId: c.var.session.userId, sessionId: c.var.session.id })
   * ```
   */
  readonly actor: (asked: Asked) => HttpActor | Promise<HttpActor>;
  /**
   * The values that are to be authorized, as the operation's schema reads them; default the JSON of the body. A `Request`
   * is a copy, so that the handler can read the body as well; so can it by `c.req`.
   *
   * Who reads forms here can be sent one from another site: check the origin then.
   */
  readonly data?: (asked: Asked) => unknown;
  /** The person's language, a BCP 47 tag, for the text that is shown. What is none counts as none. */
  readonly locale?: (asked: Asked) => string | undefined;
  /** Tells a missing authorization by `WWW-Authenticate` as well, as RFC 9470 has it; default false. */
  readonly stepUpChallenge?: boolean;
}
