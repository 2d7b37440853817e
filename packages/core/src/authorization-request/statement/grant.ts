import { without } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';
import type { SpendParameters } from '../../factor/spend.ts';
import { byFactor, byMessage, type InTime } from '../../factor/statement/decide-in-time.ts';
import type { RequestRow } from '../row.ts';

/** What the grant changed beyond what its parameters say. */
export type GrantedRow = Pick<RequestRow, 'sequence' | 'attempts_left'>;

export interface GrantParameters extends EventParameters {
  /** Whether it was a prompt that was answered: then the count of unanswered ones begins anew. */
  readonly answersPrompt: boolean;
  readonly id: string;
  readonly generation: number;
  /** 1 when an attempt was reserved for this proof, 0 when it was checked before. */
  readonly settles: number;
  /** Only while this `check` still stands; null when a proof was judged just now. */
  readonly checkedProofId: string | null;
  /** And until then; null when a proof was judged just now. */
  readonly checkedUntil: Date | null;
  readonly challengeId: string;
  readonly method: string;
  readonly factorId: string | null;
  readonly binding: string;
  readonly chargedAt: Date | null;
  readonly factorKey: string;
  readonly executeBefore: Date;
  readonly eventId: string;
  /** The event's payload as JSON text: the hashes in it never change, so it is known before the row is. */
  readonly grantedData: string;
}

const stillAsked = `r.id = :id::uuid AND r.state = 'waiting' AND r.generation = :generation::int AND r.expires_at > :now::timestamptz
    AND (:checkedProofId::text IS NULL OR r.checked->>'proofId' = :checkedProofId::text)`;

/**
 * The grant: conditional on the generation the proof was judged for, so that a reset in between voids it,
 * and never on anything a wrong guess changes (a row version that guesses bump lost the right answer in 160
 * of 200 rounds). By an earlier check only for as long as that stands. Proof, refund and event are selected from the
 * decided row: nothing is written unless the update took its row.
 */
function grant({ before, from }: InTime): string {
  return /* sql */ `
WITH locked AS (
  SELECT r.id, least(r.expires_at, :checkedUntil::timestamptz) AS expires_at
  FROM countersign.authorization_request r WHERE ${stillAsked} FOR NO KEY UPDATE
), ${before}, decided AS (
  UPDATE countersign.authorization_request r
  SET state = 'granted', binding = :binding::text, generation = r.generation + 1, ${advanceLog}, sequence = r.sequence + 1,
    attempts_open = greatest(r.attempts_open - :settles::smallint, 0), checked = NULL, decided_at = :now::timestamptz,
    granted_at = :now::timestamptz, execute_before = :executeBefore::timestamptz
  FROM ${from} WHERE r.id = in_time.id
  RETURNING r.id, r.subject_id, r.session_id, r.slug, r.data_hash, r.display_hash, r.binding, r.expires_at, r.granted_at, r.event_txid,
    r.sequence, r.attempts_left
), proved AS (
  INSERT INTO countersign.proof (request_id, challenge_id, subject_id, method, factor_id, binding, data_hash, display_hash, proven_at)
  SELECT r.id, :challengeId::uuid, r.subject_id, :method::text, :factorId::uuid, r.binding, r.data_hash,
    r.display_hash, r.granted_at
  FROM decided r
), settled AS (
  UPDATE countersign.subject_security s SET waiting_until = ${without('s.waiting_until', 'decided.expires_at')},
    charged_at = ${without('s.charged_at', ':chargedAt::timestamptz')},
    streaks = CASE WHEN :settles::smallint = 0 THEN s.streaks ELSE s.streaks - :factorKey::text END,
    prompts = s.prompts - decided.id::text,
    prompted_at = CASE WHEN :answersPrompt::boolean THEN '{}' ELSE s.prompted_at END
  FROM decided WHERE s.subject_id = decided.subject_id
), logged AS (${appendEvents(
    requestEvent({
      type: 'authorization_request.granted',
      id: ':eventId::uuid',
      from: 'decided',
      sequence: 'r.sequence',
      data: ':grantedData::jsonb',
    }),
  )}
)
SELECT sequence, attempts_left FROM decided`;
}

/** By a message that was sent to no factor. */
export const grantRequest = statement<GrantParameters, GrantedRow>('request_grant', grant(byMessage));

/** By a factor: both or neither. The request is locked first, then the factor, as everywhere. */
export const grantRequestByFactor = statement<GrantParameters & SpendParameters, GrantedRow>(
  'request_grant_by_factor',
  grant(byFactor),
);
