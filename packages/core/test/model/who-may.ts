import type { Call, Party } from './call.ts';

/** The column “who” of the contract's table of procedures. */
export function mayCall({ as, do: what }: Call): boolean {
  switch (what) {
    case 'create':
    case 'consume':
      return as.kind === 'service';
    case 'challenge':
    case 'reset':
    case 'check':
    case 'cancel':
      return as.kind === 'service' || as.kind === 'subject';
    case 'grant':
    case 'grant without proof':
    case 'deny':
      return as.kind !== 'operator';
  }
}

/** Who may see a request: without a session one equals no session, a device looks past sessions. */
export function isVisible(
  as: Party,
  request: { readonly subject: string; readonly session: string | null },
): boolean {
  switch (as.kind) {
    case 'service':
      return true;
    case 'operator':
      return false;
    case 'device':
      return as.subject === request.subject;
    case 'subject':
      return as.subject === request.subject && (request.session === null || request.session === as.session);
  }
}
