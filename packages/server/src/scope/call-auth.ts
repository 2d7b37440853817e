import { CountersignError, type AcceptedToken, type Actor } from '@countersign/core';
import { severalCredentials } from '../caller/several-credentials.ts';
import type { Edge } from '../context.ts';

/** Who calls a procedure of yours, as `ctx.auth`. */
export interface CallAuth {
  readonly actor: Actor;
  /** Whom the caller acts for; null for a service. */
  readonly subjectId: string | null;
  readonly sessionId: string | null;
  /** By what token; null when your own session or a service key names the caller. */
  readonly token: TokenAuth | null;
}

export interface TokenAuth {
  /** `cst_…`: names it in lists, logs and revocations. */
  readonly id: AcceptedToken['id'];
  readonly expiresAt: Date;
  /** For whom it was made, or last narrowed: to follow it, never to decide by. */
  readonly recipient: string | null;
}

/** @throws CountersignError `unauthenticated`, `invalid_input` for several credentials. */
export function callAuth({ caller }: Edge): CallAuth {
  if (caller.kind === 'nobody') throw new CountersignError('unauthenticated');
  if (caller.kind === 'several') throw severalCredentials();
  const { actor } = caller;
  return {
    actor,
    subjectId: 'subjectId' in actor ? actor.subjectId : null,
    sessionId: actor.kind === 'subject' ? actor.sessionId : null,
    token: caller.kind === 'bearer' ? tokenAuth(caller.presented.accepted) : null,
  };
}

function tokenAuth({ id, restrictions }: AcceptedToken): TokenAuth {
  return {
    id,
    expiresAt: new Date(restrictions.endsAt * 1000),
    recipient: restrictions.recipients.at(-1) ?? null,
  };
}
