import { inTime } from '../../database/in-time.ts';
import { iso } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import { advanceToken, tokenEvent } from './token-event.ts';

export interface NarrowParameters extends EventParameters {
  readonly id: string;
  readonly eventId: string;
  readonly subjectId: string;
  readonly recipient: string | null;
  readonly delegateId: string | null;
  readonly expiresAt: Date;
  /** By what the narrowed token can be revoked. */
  readonly kinds: readonly string[];
  readonly values: readonly string[];
  readonly epoch: number;
}

/**
 * Writes down that a token was narrowed. Its row is locked, as revocations lock it: nothing is written, and nothing
 * may be handed out, when the token, its session or its subject was revoked, or this delegate of it; nor when it has
 * expired while this waited for it.
 */
export const narrowToken = statement<NarrowParameters, { id: string }>(
  'scoped_token_narrow',
  /* sql */ `
WITH locked AS (
  SELECT t.id, t.expires_at FROM countersign.scoped_token t
  WHERE t.id = :id::uuid AND t.subject_id = :subjectId::text AND t.revoked_at IS NULL AND t.expires_at > :now::timestamptz
    AND NOT EXISTS (
      SELECT FROM unnest(:kinds::text[], :values::text[]) AS asked (kind, value)
      JOIN countersign.token_revocation r ON r.kind = asked.kind AND r.value = asked.value
      WHERE r.not_after > :now::timestamptz AND (r.minimum_epoch IS NULL OR r.minimum_epoch > :epoch::bigint))
  FOR NO KEY UPDATE
), in_time AS (${inTime('locked')}
), narrowed AS (
  UPDATE countersign.scoped_token t SET ${advanceToken}
  FROM in_time WHERE t.id = in_time.id
  RETURNING t.*
), logged AS (${appendEvents(
    tokenEvent({
      type: 'scoped_token.issued',
      id: ':eventId::uuid',
      from: 'narrowed',
      data: `jsonb_build_object('expiresAt', ${iso(':expiresAt::timestamptz')}, 'recipient', :recipient::text, 'narrowed', true,
      'delegateId', :delegateId::text)`,
    }),
  )}
)
SELECT id FROM narrowed`,
);
