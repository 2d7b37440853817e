import { chargeSubjectBy, type BudgetParameters } from '../../challenge/budget.ts';
import { openColumns, type OpenChallengeRow } from '../../challenge/open.ts';
import { inTime } from '../../database/in-time.ts';
import { statement } from '../../database/statement.ts';
import type { WaitingRow } from '../row.ts';
import { visibleTo, type ViewerParameters } from './visible.ts';

/** The request once for each open challenge of the method in its present generation; once with nulls when there is none. */
export interface ReservedRow extends WaitingRow, OpenChallengeRow {
  /** Whose streak was charged: of the factor that was asked last, where a message proves; else `factorKey`. */
  readonly factor_key: string;
}

const isOpen = `c.about_id = spent.id AND c.generation = spent.generation AND c.method = :method::text AND c.expires_at > :now::timestamptz`;

type ReserveParameters = ViewerParameters &
  BudgetParameters & {
    readonly id: string;
    readonly method: string;
    /** Whether the method proves by the secret of a message, so that the factor it went to is the one that is guessed. */
    readonly bySecret: boolean;
  };

/**
 * Spends one attempt of the request and one charge of the subject's budget, both or none, before anything
 * is compared (ASVS 5.0 15.4.2; RFC 4226 §7.3). Everything that entitles the caller is in the condition,
 * so a stranger burns nobody's attempts. Lock order: request, then budget; the same in every statement.
 *
 * Rejected: counting in the transaction that judges (a throw gives the attempt back: 200 of 200 parallel
 * guesses were evaluated), and read-check-write (155 to 200 of 200).
 */
function reserve(challenges: string): string {
  return /* sql */ `
WITH held AS (
  SELECT r.id, r.subject_id, r.expires_at, coalesce((
    SELECT c.factor_id::text FROM countersign.challenge c
    WHERE :bySecret::boolean AND c.about_id = r.id AND c.id = r.challenge_id AND c.method = :method::text), :factorKey::text) AS factor_key
  FROM countersign.authorization_request r
  WHERE r.id = :id::uuid AND ${visibleTo} AND r.state = 'waiting' AND r.attempts_left > 0
    AND r.expires_at > :now::timestamptz AND :method::text = ANY (r.methods)
  FOR NO KEY UPDATE
), locked AS (${inTime('held')}
), charged AS (${chargeSubjectBy('locked.factor_key')}
), spent AS (
  UPDATE countersign.authorization_request r
  SET attempts_left = r.attempts_left - 1, attempts_open = r.attempts_open + 1, attempted_at = :now::timestamptz
  FROM charged WHERE r.id = :id::uuid
  RETURNING r.id, r.slug, r.subject_id, r.session_id, r.title, r.description, r.facts, r.data, r.data_hash, r.display_hash,
    r.related_objects, r.methods, r.required_binding, r.generation, r.sequence, r.attempts_left, r.attempts_open, r.sends_left,
    r.resend_after, r.execute_within_seconds, r.created_at, r.expires_at, charged.factor_key
)${challenges}`;
}

export const reserveAttempt = statement<ReserveParameters, ReservedRow>(
  'request_reserve',
  reserve(/* sql */ `
SELECT spent.*, ${openColumns} FROM spent LEFT JOIN countersign.challenge c ON ${isOpen}`),
);

/**
 * The same for a method whose challenge one wrong answer ends: its try is spent as well, so that of many answers at
 * the same time one is judged.
 */
export const reserveTry = statement<ReserveParameters, ReservedRow>(
  'request_reserve_try',
  reserve(/* sql */ `, tried AS (
  UPDATE countersign.challenge c SET tries_left = c.tries_left - 1 FROM spent WHERE ${isOpen} AND c.tries_left > 0 RETURNING c.*
)
SELECT spent.*, ${openColumns} FROM spent LEFT JOIN tried c ON true`),
);
