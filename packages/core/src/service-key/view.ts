import { formatId } from '../id.ts';
import type { ServiceKeyRow } from './row.ts';
import type { ServiceKeyView } from './schema.ts';

/** What leaves core of a key. */
export function viewOf(row: ServiceKeyRow): ServiceKeyView {
  return {
    id: formatId('serviceKey', row.id),
    title: row.title,
    role: row.role,
    createdAt: row.created_at,
    createdBy: row.created_by,
    lastUsedOn: row.last_used_on,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}
