import { formatId } from '../id.ts';
import type { ChallengeRow } from './row.ts';
import type { ChallengeView } from './schema.ts';

/** A challenge without its digest. */
export function challengeViewOf(row: ChallengeRow, resendAfter: Date | null): ChallengeView {
  return {
    id: formatId('challenge', row.id),
    method: row.method,
    factorId: row.factor_id === null ? null : formatId('factor', row.factor_id),
    expiresAt: new Date(row.expires_at),
    sentTo: row.sent_to,
    options: row.options,
    digits: null,
    resendAfter,
  };
}
