import { chargeSubject, type BudgetParameters } from '../../challenge/budget.ts';
import { openColumns, type OpenChallengeRow } from '../../challenge/open.ts';
import { inTime } from '../../database/in-time.ts';
import { statement } from '../../database/statement.ts';
import type { ConfirmationRow } from '../row.ts';
import { enrolmentPurpose, isForHosts } from '../purpose.ts';
import { factorIsInForce } from './factor-condition.ts';
import { visibleTo, type ViewerParameters } from './visible.ts';

/** The confirmation with its challenge while that can be answered; with nulls when it cannot, or when there is none. */
export type ReservedRow = ConfirmationRow & OpenChallengeRow;

type ReserveParameters = ViewerParameters & BudgetParameters & { readonly id: string };

const isOpen = `c.about_id = spent.id AND c.id = spent.challenge_id AND c.generation = spent.generation AND c.expires_at > :now::timestamptz`;

/**
 * Spends one attempt of the confirmation and one charge of its budget, both or none, before anything is compared (ASVS
 * 5.0 15.4.2; RFC 4226 §7.3). Everything that entitles the caller is in the condition. Where one wrong answer ends a
 * challenge its try is spent as well, so that of many answers at the same time one is judged. Lock order: confirmation,
 * then budget.
 */
function reserve(condition: string): string {
  return /* sql */ `
WITH held AS (
  SELECT r.id, r.budget_key AS subject_id, r.expires_at FROM countersign.confirmation r
  WHERE r.id = :id::uuid AND ${visibleTo} AND r.state = 'open' AND r.attempts_left > 0 AND r.expires_at > :now::timestamptz AND ${condition}
  FOR NO KEY UPDATE
), locked AS (${inTime('held')}
), charged AS (${chargeSubject}
), spent AS (
  UPDATE countersign.confirmation r
  SET attempts_left = r.attempts_left - 1, attempts_open = r.attempts_open + 1, attempted_at = :now::timestamptz
  FROM charged WHERE r.id = :id::uuid
  RETURNING r.*
), tried AS (
  UPDATE countersign.challenge c SET tries_left = c.tries_left - 1 FROM spent WHERE ${isOpen} AND c.tries_left > 0 RETURNING c.*
), answerable AS (
  SELECT c.* FROM countersign.challenge c, spent WHERE ${isOpen} AND c.tries_left IS NULL UNION ALL SELECT * FROM tried
)
SELECT spent.*, ${openColumns}
FROM spent LEFT JOIN answerable c ON true`;
}

export const reserveAttempt = statement<ReserveParameters, ReservedRow>(
  'confirmation_reserve',
  reserve(`${isForHosts} AND ${factorIsInForce}`),
);

/** For the enrolment of this factor with this value, and for no other: the factor need not be in force. */
export const reserveEnrolment = statement<
  ReserveParameters & { readonly factorId: string; readonly valueHash: Uint8Array },
  ReservedRow
>(
  'confirmation_reserve_enrolment',
  reserve(
    `r.purpose = '${enrolmentPurpose}' AND r.factor_id = :factorId::uuid AND r.value_hash = :valueHash::bytea`,
  ),
);
