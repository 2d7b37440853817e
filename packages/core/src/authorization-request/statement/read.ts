import type { SubjectSecurityRow } from '../../challenge/budget.ts';
import { openColumns, type OpenChallengeRow } from '../../challenge/open.ts';
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

/** What a method has asked for this request and can still be answered, its tries aside. */
export const readOpenChallenges = statement<
  { readonly id: string; readonly method: string; readonly now: Date },
  OpenChallengeRow
>(
  'request_open_challenges',
  /* sql */ `
SELECT ${openColumns} FROM countersign.challenge c JOIN countersign.authorization_request r ON r.id = c.about_id
WHERE c.about_id = :id::uuid AND c.generation = r.generation AND c.method = :method::text AND c.expires_at > :now::timestamptz`,
);

export const readNewestMethod = statement<
  { readonly id: string; readonly challengeId: string },
  { method: string }
>(
  'request_newest_method',
  'SELECT method FROM countersign.challenge WHERE about_id = :id::uuid AND id = :challengeId::uuid',
);
