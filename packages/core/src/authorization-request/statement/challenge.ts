import { inTime } from '../../database/in-time.ts';
import { iso, without } from '../../database/sql.ts';
import { insertChallenge, type ChallengeParameters } from '../../challenge/insert.ts';
import {
  chargeRecipient,
  refuseSubjectSends,
  withSubjectSend,
  type SendParameters,
} from '../../challenge/send-limit.ts';
import { refusePrompts, withPrompt, type PromptParameters } from '../../challenge/prompt-limit.ts';
import { statement } from '../../database/statement.ts';
import { advanceLog, appendEvents, requestEvent, type EventParameters } from '../../event/append.ts';
import type { RequestWithChallenge } from '../row.ts';
import { challengedEvent } from './event-row.ts';

export interface RechallengeParameters
  extends EventParameters, SendParameters, PromptParameters, ChallengeParameters {
  readonly id: string;
  /** Of the row the challenge was made for: a reset or decision in between voids it. */
  readonly generation: number;
  readonly resendAfter: Date | null;
  readonly challengedEventId: string;
  readonly challengedData: string;
}

export interface ResetParameters extends RechallengeParameters {
  readonly expiresAt: Date;
  /** Its expiry in the generation that is reset: it changes with the generation only. */
  readonly replacedExpiresAt: Date;
  readonly resetEventId: string;
}

/**
 * A further challenge. It clears a right `check` (the minute for a grant without proof ends), never an
 * attempt. Whether the request may be asked again (waiting, unexpired, cooled down, sends left) is in the
 * condition; the limits of subject and recipient end the statement when they refuse. The time is asked once the row is
 * locked: what has expired while this waited is not revived.
 */
function rechallenge(reset: boolean): string {
  const generationStep = reset ? 1 : 0;
  const events = reset ? 2 : 1;
  return /* sql */ `
WITH locked AS (
  SELECT r.id, r.expires_at FROM countersign.authorization_request r
  WHERE r.id = :id::uuid AND r.state = 'waiting' AND r.generation = :generation::int AND r.expires_at > :now::timestamptz
    AND r.challenges_left > 0
    AND (NOT :sends::boolean OR (r.sends_left > 0 AND (r.resend_after IS NULL OR r.resend_after <= :now::timestamptz)))
  FOR NO KEY UPDATE
), in_time AS (${inTime('locked')}
), asked AS (
  UPDATE countersign.authorization_request r
  SET challenge_id = :challengeId::uuid, checked = NULL, challenges_left = r.challenges_left - 1,
    resend_after = CASE WHEN :sends::boolean THEN :resendAfter::timestamptz ELSE r.resend_after END,
    sends_left = CASE WHEN :sends::boolean THEN r.sends_left - 1 ELSE r.sends_left END, generation = r.generation + ${generationStep}, ${advanceLog}, sequence = r.sequence + ${events}
    ${reset ? ', expires_at = :expiresAt::timestamptz' : ''}
  FROM in_time WHERE r.id = in_time.id
  RETURNING r.*
), subject AS (
  UPDATE countersign.subject_security AS s SET
    sent_at = CASE WHEN :sends::boolean THEN ${withSubjectSend} ELSE s.sent_at END,
    ${withPrompt('asked.id', 'asked.slug')}
    ${reset ? `, waiting_until = ${without('s.waiting_until', ':replacedExpiresAt::timestamptz')} || asked.expires_at` : ''}
  FROM asked WHERE s.subject_id = asked.subject_id
  RETURNING CASE ${refuseSubjectSends} ${refusePrompts('asked.slug')} ELSE true END AS within
), recipient AS (${chargeRecipient}
), permitted AS (
  SELECT asked.* FROM asked, subject WHERE subject.within AND (NOT :sends::boolean OR (SELECT within FROM recipient))
), issued AS (${insertChallenge('permitted', 'RETURNING *')}
), logged AS (${appendEvents(
    ...(reset
      ? [
          requestEvent({
            type: 'authorization_request.reset',
            id: ':resetEventId::uuid',
            from: 'permitted',
            sequence: 'r.sequence - 1',
            data: `'expiresAt', ${iso('r.expires_at')}, 'by', :by::text`,
          }),
        ]
      : []),
    challengedEvent('permitted', 'r.sequence'),
  )}
)
SELECT permitted.*, to_jsonb(issued) AS challenge FROM permitted, issued`;
}

export const challengeRequest = statement<RechallengeParameters, RequestWithChallenge>(
  'request_challenge',
  rechallenge(false),
);

export const resetRequest = statement<ResetParameters, RequestWithChallenge>(
  'request_reset',
  rechallenge(true),
);

/** The carrier refused: the person may ask again at once. The limits stay charged; it may have been sent after all. */
export const noteFailedDelivery = statement<
  { readonly id: string; readonly challengeId: string; readonly now: Date },
  RequestWithChallenge
>(
  'request_delivery_failed',
  /* sql */ `
WITH failed AS (
  UPDATE countersign.challenge SET failed_delivery_at = :now::timestamptz WHERE about_id = :id::uuid AND id = :challengeId::uuid RETURNING *
), freed AS (
  UPDATE countersign.authorization_request r SET resend_after = NULL
  FROM failed WHERE r.id = :id::uuid AND r.challenge_id = failed.id
  RETURNING r.*
)
SELECT freed.*, to_jsonb(failed) AS challenge FROM freed, failed`,
);

export const readFailedDelivery = statement<
  { readonly id: string; readonly challengeId: string },
  { failed_delivery_at: Date }
>(
  'request_read_failed_delivery',
  'SELECT failed_delivery_at FROM countersign.challenge WHERE about_id = :id::uuid AND id = :challengeId::uuid AND failed_delivery_at IS NOT NULL',
);
