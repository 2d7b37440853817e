import type { Actor } from '../../actor.ts';

/**
 * Who may see a request (the contract, §3): the service; its own subject, in its own session if it is bound
 * to one; the subject's devices. No session never equals a session: SQL's `=` on NULL is not true.
 */
export interface ViewerParameters {
  readonly everyone: boolean;
  readonly viewerSubject: string | null;
  readonly viewerSession: string | null;
  readonly anySession: boolean;
}

export const visibleTo = /* sql */ `(
  :everyone::boolean
  OR (r.subject_id = :viewerSubject::text
      AND (r.session_id IS NULL OR :anySession::boolean OR r.session_id = :viewerSession::text)))`;

export function viewerOf(actor: Actor): ViewerParameters {
  switch (actor.kind) {
    case 'service':
    case 'operator':
      return { everyone: true, viewerSubject: null, viewerSession: null, anySession: true };
    case 'subject':
      return {
        everyone: false,
        viewerSubject: actor.subjectId,
        viewerSession: actor.sessionId,
        anySession: false,
      };
    case 'device':
      return { everyone: false, viewerSubject: actor.subjectId, viewerSession: null, anySession: true };
  }
}
