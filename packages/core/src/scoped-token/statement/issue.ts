import { iso } from '../../database/sql.ts';
import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import { tokenEvent } from './token-event.ts';

export interface IssueParameters extends EventParameters {
  readonly id: string;
  readonly eventId: string;
  readonly subjectId: string;
  readonly sessionId: string | null;
  readonly recipient: string | null;
  readonly kid: string;
  /** False with a key service, whose keys are not in our table. */
  readonly isOurKey: boolean;
  readonly requestId: string | null;
  readonly securityEpoch: number;
  readonly expiresAt: Date;
}

/**
 * Writes down that a token was issued. Nothing is written, and nothing may be handed out, when its key no longer
 * mints or the subject's tokens were revoked meanwhile: then it is minted anew.
 */
export const insertToken = statement<IssueParameters, { id: string }>(
  'scoped_token_insert',
  /* sql */ `
WITH issued AS (
  INSERT INTO countersign.scoped_token
    (id, subject_id, session_id, recipient, kid, authorization_request_id, issued_by, issued_at, expires_at)
  SELECT :id::uuid, :subjectId::text, :sessionId::text, :recipient::text, :kid::text, :requestId::uuid, :by::text, :now::timestamptz,
    :expiresAt::timestamptz
  WHERE (NOT :isOurKey::boolean OR EXISTS (SELECT FROM countersign.token_key k WHERE k.kid = :kid::text AND k.state = 'active'))
    AND coalesce((SELECT s.security_epoch FROM countersign.subject_security s WHERE s.subject_id = :subjectId::text), 0)
      = :securityEpoch::int
  RETURNING *
), logged AS (${appendEvents(
    tokenEvent({
      type: 'scoped_token.issued',
      id: ':eventId::uuid',
      from: 'issued',
      data: `jsonb_build_object('expiresAt', ${iso('t.expires_at')}, 'recipient', t.recipient, 'narrowed', false, 'delegateId', NULL)`,
    }),
  )}
)
SELECT id FROM issued`,
);

export interface PayingRequestRow {
  readonly state: 'waiting' | 'granted' | 'denied' | 'cancelled' | 'expired';
  readonly data_hash: Buffer;
  readonly expires_at: Date;
  readonly execute_before: Date | null;
  readonly consumed_at: Date | null;
}

/** The request that is to pay for a call, as the one who will pay with it may know it. */
export const readPayingRequest = statement<
  { readonly id: string; readonly subjectId: string; readonly sessionId: string | null },
  PayingRequestRow
>(
  'scoped_token_paying_request',
  /* sql */ `
SELECT r.state, r.data_hash, r.expires_at, r.execute_before, r.consumed_at FROM countersign.authorization_request r
WHERE r.id = :id::uuid AND r.subject_id = :subjectId::text AND (r.session_id IS NULL OR r.session_id = :sessionId::text)`,
);

export const readSecurityEpoch = statement<{ readonly subjectId: string }, { security_epoch: number }>(
  'scoped_token_epoch',
  'SELECT security_epoch FROM countersign.subject_security WHERE subject_id = :subjectId::text',
);
