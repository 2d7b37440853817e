import { formatId } from '../id.ts';
import type { ScopedTokenRow } from './row.ts';
import type { ScopedTokenView } from './schema.ts';

/** What leaves core of a token that was issued. */
export function viewOf(row: ScopedTokenRow): ScopedTokenView {
  return {
    id: formatId('scopedToken', row.id),
    subjectId: row.subject_id,
    sessionId: row.session_id,
    recipient: row.recipient,
    delegateOf: row.delegate_of === null ? null : formatId('scopedToken', row.delegate_of),
    authorizationRequestId:
      row.authorization_request_id === null
        ? null
        : formatId('authorizationRequest', row.authorization_request_id),
    issuedAt: row.issued_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
