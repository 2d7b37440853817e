import { roomIn } from '../../database/sql.ts';
import {
  chargeRecipient,
  refuseSubjectSends,
  withSubjectSend,
  type SendParameters,
} from '../../challenge/send-limit.ts';
import { onePrompt, refusePrompts, withPrompt, type PromptParameters } from '../../challenge/prompt-limit.ts';
import { insertChallenge, type ChallengeParameters } from '../../challenge/insert.ts';
import { statement } from '../../database/statement.ts';
import { appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';
import { challengedEvent } from './event-row.ts';

export interface InsertParameters
  extends EventParameters, SendParameters, PromptParameters, ChallengeParameters {
  readonly id: string;
  readonly slug: string;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly facts: string;
  readonly data: string;
  readonly dataHash: Uint8Array;
  readonly displayHash: Uint8Array;
  readonly relatedObjects: string;
  readonly methods: readonly string[];
  readonly factorIds: readonly string[] | null;
  readonly challengesLeft: number;
  readonly requiredBinding: string;
  readonly deliverTo: string | null;
  readonly locale: string | null;
  readonly attemptsMax: number;
  readonly sendsLeft: number;
  readonly resendAfter: Date | null;
  readonly executeWithinSeconds: number;
  readonly expiresAt: Date;
  readonly waitingMax: number;
  readonly afterDenySeconds: number;
  /** No request older than this can have been denied just now: a bound for the index. */
  readonly deniedSince: string;
  readonly createdEventId: string;
  /** Payloads as JSON text: all that is in them is known before the row is. */
  readonly createdData: string;
  readonly challengedData: string | null;
  readonly challengedEventId: string;
}

/**
 * Create: one round trip, one commit. The limits are charged first; what they refuse ends the statement, so
 * nothing is half done. Children are read from what was really inserted.
 */
export const insertRequest = statement<InsertParameters, { id: string }>(
  'request_insert',
  /* sql */ `
WITH subject AS (
  INSERT INTO countersign.subject_security AS s (subject_id, waiting_until, sent_at, prompted_at, prompts)
  VALUES (:subjectId::text, ARRAY[:expiresAt::timestamptz],
    CASE WHEN :sends::boolean THEN ARRAY[:now::timestamptz] ELSE '{}' END,
    CASE WHEN :prompts::boolean THEN ARRAY[:now::timestamptz] ELSE '{}' END,
    CASE WHEN :prompts::boolean THEN ${onePrompt(':id', ':slug::text')} ELSE '{}' END)
  ON CONFLICT (subject_id) DO UPDATE SET
    waiting_until = ${roomIn('s.waiting_until', ':waitingMax::int', ':now::timestamptz')} || :expiresAt::timestamptz,
    sent_at = CASE WHEN :sends::boolean THEN ${withSubjectSend} ELSE s.sent_at END,
    ${withPrompt(':id', ':slug::text')}
  RETURNING CASE
    WHEN :sessionId::text IS NOT NULL AND (s.silenced->>:sessionId::text)::bigint > :nowMs::bigint
    THEN countersign.refuse('session_silenced', to_timestamp((s.silenced->>:sessionId::text)::bigint / 1000.0))
    WHEN cardinality(s.waiting_until) > :waitingMax::int
    THEN countersign.refuse('waiting_per_subject',
      (SELECT min(moment) FROM unnest(s.waiting_until[: cardinality(s.waiting_until) - 1]) AS moment))
    ${refuseSubjectSends}
    ${refusePrompts(':slug::text')}
    ELSE true END AS within
), recipient AS (${chargeRecipient}
), created AS (
  INSERT INTO countersign.authorization_request AS r (id, slug, subject_id, session_id, title, description, facts, data, data_hash,
    display_hash, related_objects, methods, factor_ids, required_binding, deliver_to, locale, sequence, attempts_max, attempts_left, challenge_id,
    sends_left, challenges_left, resend_after, execute_within_seconds, created_at, expires_at)
  SELECT :id::uuid, :slug::text, :subjectId::text, :sessionId::text, :title::text, :description::text, :facts::jsonb, :data::json,
    :dataHash::bytea, :displayHash::bytea, :relatedObjects::jsonb, :methods::text[], :factorIds::uuid[], :requiredBinding::text, :deliverTo::jsonb,
    :locale::text, CASE WHEN :challengeId::uuid IS NULL THEN 1 ELSE 2 END, :attemptsMax::smallint, :attemptsMax::smallint,
    :challengeId::uuid, :sendsLeft::smallint, :challengesLeft::smallint, :resendAfter::timestamptz, :executeWithinSeconds::int, :now::timestamptz,
    :expiresAt::timestamptz
  FROM subject
  WHERE subject.within AND (NOT :sends::boolean OR (SELECT within FROM recipient))
    AND coalesce((
      SELECT countersign.refuse('after_deny', d.decided_at + make_interval(secs => :afterDenySeconds::int))
      FROM countersign.authorization_request d
      WHERE d.subject_id = :subjectId::text AND d.id > :deniedSince::uuid AND d.slug = :slug::text
        AND d.state = 'denied' AND d.reason <> 'attempts_exhausted' AND d.data_hash = :dataHash::bytea
        AND d.decided_at > :now::timestamptz - make_interval(secs => :afterDenySeconds::int)
      ORDER BY d.id DESC LIMIT 1), true)
  RETURNING r.id, r.generation, r.subject_id, r.session_id, r.slug, r.expires_at, r.event_txid
), issued AS (${insertChallenge('created')}
), logged AS (${appendEvents(
    requestEvent({
      type: 'authorization_request.created',
      id: ':createdEventId::uuid',
      from: 'created',
      sequence: '1',
      data: ':createdData::jsonb',
    }),
    challengedEvent('created', '2'),
  )}
)
SELECT id FROM created`,
);
