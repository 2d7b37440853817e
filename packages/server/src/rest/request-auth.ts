import type { Receipt } from '@countersign/core';

/** What a route may know of the token that opened it. Its text is not among it. */
export interface RequestAuth {
  /**
   * Who acts for the subject: itself, in a session of its own if the token names one, or a `device` that it has
   * registered. Nobody is signed in on a device: what asks for a session is not for it.
   */
  readonly kind: 'subject' | 'device';
  /** Whom the request acts for. What this subject may do is still for the route to ask: a token only narrows it. */
  readonly subjectId: string;
  /** The session that the token belongs to; null for a device, and for a token of no session. */
  readonly sessionId: string | null;
  readonly token: AuthorizingToken;
  /** For whom the token was made, or last narrowed: for tracking, never to decide by. */
  readonly recipient: string | null;
  /** What was consumed for this request, on a route that is paid for. */
  readonly receipts: readonly Receipt[];
}

export interface AuthorizingToken {
  readonly format: 'cst1' | 'django';
  /** Names the token without being it: for logs, and one of ours for revocation. */
  readonly id: string;
  readonly expiresAt: Date;
  /** Everybody it was made for on its way, in order; the last is `recipient`. */
  readonly recipients: readonly string[];
}

/** A request that a token has opened, without the token. */
export type AuthorizedRequest = Request & { readonly auth: RequestAuth };

/** The same where requests without a token pass too: they have none. */
export type PassedRequest = Request & { readonly auth: RequestAuth | null };
