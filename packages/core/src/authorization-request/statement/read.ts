import type { SubjectSecurityRow } from '../../challenge/budget.ts';
import { statement } from '../../database/statement.ts';
import type { RequestWithChallenge } from '../row.ts';
import { newestChallenge } from './newest-challenge.ts';
import { visibleTo, type ViewerParameters } from './visible.ts';

/** One request with its newest challenge, if this viewer may see it: one round trip. */
export const readRequest = statement<ViewerParameters & { readonly id: string }, RequestWithChallenge>(
  'request_read',
  /* sql */ `
SELECT r.*, ${newestChallenge}
FROM countersign.authorization_request r WHERE r.id = :id::uuid AND ${visibleTo}`,
);

export interface RequestWithSecurity extends RequestWithChallenge {
  readonly security: (Omit<SubjectSecurityRow, 'charged_at'> & { readonly charged_at: string[] }) | null;
}

/** The same with the subject's counters: read only to say why something was refused. */
export const readRequestWithSecurity = statement<
  ViewerParameters & { readonly id: string },
  RequestWithSecurity
>(
  'request_read_security',
  /* sql */ `
SELECT r.*, ${newestChallenge}, (
  SELECT to_jsonb(s) FROM countersign.subject_security s WHERE s.subject_id = r.subject_id
) AS security
FROM countersign.authorization_request r WHERE r.id = :id::uuid AND ${visibleTo}`,
);
