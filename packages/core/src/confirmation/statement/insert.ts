import { roomIn } from '../../database/sql.ts';
import { insertChallenge, type ChallengeParameters } from '../../challenge/insert.ts';
import { onePrompt, refusePrompts, withPrompt, type PromptParameters } from '../../challenge/prompt-limit.ts';
import {
  chargeRecipient,
  refuseSubjectSends,
  withSubjectSend,
  type SendParameters,
} from '../../challenge/send-limit.ts';
import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import { isInForce } from '../../factor/in-force.ts';
import { confirmationSlug } from '../purpose.ts';
import { confirmationEvent } from './confirmation-event.ts';

export interface InsertParameters
  extends EventParameters, SendParameters, PromptParameters, ChallengeParameters {
  readonly id: string;
  readonly subjectId: string | null;
  readonly budgetKey: string;
  /** Of the subject that asks; null for the service. */
  readonly sessionId: string | null;
  readonly method: string;
  readonly methodId: string;
  readonly factorId: string | null;
  /** Whether that factor must be in force: not while it is being enrolled. */
  readonly byFactorInForce: boolean;
  readonly purpose: string | null;
  readonly data: string | null;
  readonly valueHash: Uint8Array | null;
  readonly dataHash: Uint8Array;
  readonly displayHash: Uint8Array;
  readonly title: string;
  /** Whether it is given by asking alone. */
  readonly atOnce: boolean;
  readonly attemptsMax: number;
  readonly expiresAt: Date;
  readonly confirmationsMax: number;
  readonly requestedEventId: string;
  readonly requestedData: string;
  readonly confirmedEventId: string;
  readonly confirmedData: string;
}

const slug = `'${confirmationSlug}'`;

/** A session that somebody said was not theirs starts no confirmation, as it starts no request. */
const refuseSilenced = /* sql */ `
    WHEN :sessionId::text IS NOT NULL AND (s.silenced->>:sessionId::text)::bigint > :nowMs::bigint
    THEN countersign.refuse('session_silenced', to_timestamp((s.silenced->>:sessionId::text)::bigint / 1000.0))`;

/**
 * Request: one round trip, one commit. The factor is held first, so that nothing is confirmed at once after its
 * revocation; then the limits are charged, and what they refuse ends the statement: each confirmation is kept, so a
 * session that was stolen could otherwise fill the database. No row: the factor is gone.
 */
export const insertConfirmation = statement<InsertParameters, { id: string }>(
  'confirmation_insert',
  /* sql */ `
WITH held AS (
  SELECT f.id, f.renewals FROM countersign.factor f WHERE :byFactorInForce::boolean AND f.id = :factorId::uuid AND ${isInForce} FOR SHARE
), subject AS (
  INSERT INTO countersign.subject_security AS s (subject_id, confirming_until, sent_at, prompted_at, prompts)
  SELECT :budgetKey::text, ARRAY[:expiresAt::timestamptz], CASE WHEN :sends::boolean THEN ARRAY[:now::timestamptz] ELSE '{}' END,
    CASE WHEN :prompts::boolean THEN ARRAY[:now::timestamptz] ELSE '{}' END,
    CASE WHEN :prompts::boolean THEN ${onePrompt(':id', slug)} ELSE '{}' END
  WHERE NOT :byFactorInForce::boolean OR EXISTS (SELECT FROM held)
  ON CONFLICT (subject_id) DO UPDATE SET
    confirming_until = ${roomIn('s.confirming_until', ':confirmationsMax::int', ':now::timestamptz')} || :expiresAt::timestamptz,
    sent_at = CASE WHEN :sends::boolean THEN ${withSubjectSend} ELSE s.sent_at END,
    ${withPrompt(':id', slug)}
  RETURNING CASE
    ${refuseSilenced}
    WHEN cardinality(s.confirming_until) > :confirmationsMax::int
    THEN countersign.refuse('confirmations_per_subject',
      (SELECT min(moment) FROM unnest(s.confirming_until[: cardinality(s.confirming_until) - 1]) AS moment))
    ${refuseSubjectSends}
    ${refusePrompts(slug)}
    ELSE true END AS within
), recipient AS (${chargeRecipient}
), created AS (
  INSERT INTO countersign.confirmation AS r (id, subject_id, budget_key, method, method_id, factor_id, purpose, data, value_hash, data_hash,
    display_hash, title, state, sequence, attempts_max, attempts_left, challenge_id, created_at, expires_at, confirmed_at, factor_renewals)
  SELECT :id::uuid, :subjectId::text, :budgetKey::text, :method::text, :methodId::uuid, :factorId::uuid, :purpose::text, :data::json,
    :valueHash::bytea, :dataHash::bytea, :displayHash::bytea, :title::text, CASE WHEN :atOnce::boolean THEN 'confirmed' ELSE 'open' END,
    CASE WHEN :atOnce::boolean THEN 2 ELSE 1 END, :attemptsMax::smallint, :attemptsMax::smallint, :challengeId::uuid, :now::timestamptz,
    :expiresAt::timestamptz, CASE WHEN :atOnce::boolean THEN :now::timestamptz END,
    CASE WHEN :atOnce::boolean THEN (SELECT renewals FROM held) END
  FROM subject WHERE subject.within AND (NOT :sends::boolean OR (SELECT within FROM recipient))
  RETURNING r.id, r.generation, r.subject_id, r.expires_at, r.event_txid
), issued AS (${insertChallenge('created')}
), logged AS (${appendEvents(
    confirmationEvent({
      type: 'confirmation.requested',
      id: ':requestedEventId::uuid',
      from: 'created',
      sequence: '1',
      data: ':requestedData::jsonb',
    }),
    confirmationEvent({
      type: 'confirmation.confirmed',
      id: ':confirmedEventId::uuid',
      from: 'created',
      sequence: '2',
      data: ':confirmedData::jsonb',
      where: ':atOnce::boolean',
    }),
  )}
)
SELECT id FROM created`,
);
