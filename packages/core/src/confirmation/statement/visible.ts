import type { Actor } from '../../actor.ts';

/**
 * Who may see a confirmation (the contract, §4): the service, and its own subject. One without a subject is the
 * service's alone: SQL's `=` on NULL is not true (bug 48).
 */
export interface ViewerParameters {
  readonly everyone: boolean;
  readonly viewerSubject: string | null;
}

export const visibleTo = `(:everyone::boolean OR r.subject_id = :viewerSubject::text)`;

export function viewerOf(actor: Actor): ViewerParameters {
  switch (actor.kind) {
    case 'service':
      return { everyone: true, viewerSubject: null };
    case 'subject':
      return { everyone: false, viewerSubject: actor.subjectId };
    case 'device':
    case 'operator':
      return { everyone: false, viewerSubject: null };
  }
}
