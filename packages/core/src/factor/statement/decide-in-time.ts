import { inTime } from '../../database/in-time.ts';
import { spendFactor } from '../spend.ts';

/**
 * How a statement decides about the one row that `locked` holds, which has an `id` and an `expires_at`: everything that
 * can be waited for is held first, then the time is asked, then it is written `from` what is there.
 */
export interface InTime {
  /** Queries for its `WITH`. */
  readonly before: string;
  /** For its update's `FROM`: a row, with `in_time.id`, when it may be decided. */
  readonly from: string;
}

/** By a message that was sent to no factor. */
export const byMessage: InTime = {
  before: /* sql */ `in_time AS (${inTime('locked')}
)`,
  from: 'in_time',
};

/**
 * By a factor: both or neither. It is locked before the time is asked, and not only when it is spent: waiting for it
 * counts, and it is never spent for what has expired meanwhile.
 */
export const byFactor: InTime = {
  before: /* sql */ `held AS (
  SELECT locked.id, locked.expires_at FROM locked JOIN countersign.factor f ON f.id = :factorId::uuid FOR NO KEY UPDATE OF f
), in_time AS (${inTime('held')}
), ${spendFactor('in_time')}`,
  from: 'spent_factor, in_time',
};
