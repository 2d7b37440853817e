import type { Actor, Core, PresentedToken } from '@countersign/core';
import { allowsHttp } from '@countersign/core/scoped-token';
import type { RequestAuth } from './request-auth.ts';

/** A token that may be used now, of whichever format. Which route it opens is still to be asked. */
export interface AcceptedCredential {
  readonly auth: RequestAuth;
  /** True while nobody can say whether it was revoked, and only reading is let through. */
  readonly onlyReading: boolean;
  /** What pays for a route that is paid for; null for a token that carries no request. */
  readonly payer: PresentedBy | null;
  /** `path` still encoded. */
  allows(method: string, path: string): boolean;
  /** Writes down that it was refused for this route, and why. */
  reject(reason: string, method: string, path: string | undefined): void;
}

/** A token as it stands now, and in whose name it acts. */
export interface PresentedBy {
  readonly actor: Actor;
  readonly presented: PresentedToken;
}

export function acceptedScopedToken(
  { scopedToken }: Core,
  { actor, presented }: PresentedBy,
): AcceptedCredential {
  const { accepted } = presented;
  const { restrictions } = accepted;
  return {
    auth: {
      kind: actor.kind === 'device' ? 'device' : 'subject',
      subjectId: accepted.subjectId,
      // A device's token names the device there.
      sessionId: actor.kind === 'device' ? null : accepted.sessionId,
      token: {
        format: 'cst1',
        id: accepted.id,
        expiresAt: new Date(restrictions.endsAt * 1000),
        recipients: restrictions.recipients,
      },
      recipient: restrictions.recipients.at(-1) ?? null,
      receipts: [],
    },
    onlyReading: accepted.onlyQueries,
    payer: restrictions.requests.length > 0 ? { actor, presented } : null,
    allows: (method, path) => allowsHttp(accepted.scope, method, path),
    reject: (reason, method, path) => scopedToken.reject(accepted, { reason, type: method, path }),
  };
}
