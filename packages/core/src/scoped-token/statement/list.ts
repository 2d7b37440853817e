import { statement } from '../../database/statement.ts';
import type { ScopedTokenRow } from '../row.ts';

const columns = `t.id, t.subject_id, t.session_id, t.recipient, t.kid, t.delegate_of, t.authorization_request_id, t.issued_by, t.issued_at,
  t.expires_at, t.revoked_at, t.revoked_by`;

/**
 * Ids are random, so a page goes on after the moment and id of the last token shown. Which tokens are listed is
 * asked of that one too: one of another subject answers as one that does not exist, by the first page.
 */
function page(isListed: (token: 't' | 'l') => string): string {
  return /* sql */ `
SELECT ${columns} FROM countersign.scoped_token t
WHERE ${isListed('t')} AND (t.issued_at, t.id) < (
  coalesce((SELECT l.issued_at FROM countersign.scoped_token l WHERE l.id = :after::uuid AND ${isListed('l')}), 'infinity'),
  coalesce(:after::uuid, '00000000-0000-0000-0000-000000000000'))
ORDER BY t.issued_at DESC, t.id DESC LIMIT :limit::int`;
}

interface PageParameters {
  readonly after: string | null;
  readonly limit: number;
}

export const listTokens = statement<PageParameters, ScopedTokenRow>(
  'scoped_token_list',
  page(() => 'true'),
);

export const listTokensOfSubject = statement<PageParameters & { readonly subjectId: string }, ScopedTokenRow>(
  'scoped_token_list_subject',
  page((token) => `${token}.subject_id = :subjectId::text`),
);
