import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
import type { RevocationKind } from '../revocation/revocation.ts';
import { advanceToken, tokenEvent } from './token-event.ts';

interface RevokeParameters extends EventParameters {
  readonly revocationId: string;
}
interface Revoked {
  readonly revoked: number;
}

/** The event of each revoked row; `delegate` is SQL for the delegate's name, or NULL. */
function logRevoked(delegate: string): string {
  return `logged AS (${appendEvents(
    tokenEvent({
      type: 'scoped_token.revoked',
      id: 'gen_random_uuid()',
      from: 'revoked',
      data: `jsonb_build_object('by', :by::text, 'delegateId', ${delegate})`,
    }),
  )})`;
}

const insertRevocation =
  'INSERT INTO countersign.token_revocation (id, kind, value, minimum_epoch, not_after, revoked_at, revoked_by)';

/**
 * Nothing is written twice: what is revoked already, for as long as any token of today can live, is left as it is. A
 * revocation lasts an hour longer than that, so one that is asked for again and again is written once an hour.
 */
interface LastingRevocation {
  readonly latestExpiry: Date;
  readonly notAfter: Date;
}

function insertLasting(kind: string, value: string): string {
  return /* sql */ `
  ${insertRevocation}
  SELECT :revocationId::uuid, ${kind}, ${value}, NULL, :notAfter::timestamptz, :now::timestamptz, :by::text
  WHERE NOT EXISTS (SELECT FROM countersign.token_revocation r
    WHERE r.kind = ${kind} AND r.value = ${value} AND r.not_after >= :latestExpiry::timestamptz)`;
}

/** The rows are locked in the order of their ids, so that two revocations of the same tokens wait for each other. */
function revokeAll(which: string): string {
  return /* sql */ `revoked AS (
  UPDATE countersign.scoped_token t SET revoked_at = :now::timestamptz, revoked_by = :by::text, ${advanceToken}
  WHERE t.id IN (SELECT m.id FROM countersign.scoped_token m
    WHERE ${which} AND m.revoked_at IS NULL AND m.expires_at > :now::timestamptz ORDER BY m.id FOR NO KEY UPDATE)
    AND t.revoked_at IS NULL
  RETURNING t.*
), ${logRevoked('NULL')}`;
}

/** One token: it is written as revoked from the row that it was issued as. */
export const revokeToken = statement<
  RevokeParameters & { readonly id: string; readonly jti: string },
  Revoked
>(
  'scoped_token_revoke',
  /* sql */ `
WITH ${revokeAll('m.id = :id::uuid')}, noted AS (
  ${insertRevocation}
  SELECT :revocationId::uuid, 'jti', :jti::text, NULL, t.expires_at, :now::timestamptz, :by::text FROM revoked t
)
SELECT count(*)::int AS revoked FROM revoked`,
);

interface RevokedDelegate extends Revoked {
  readonly token_ended: boolean;
}

/**
 * One delegate of a token: the token goes on, until more delegates were revoked than its row counts. Delegates need
 * not exist, so there could be any number of them.
 */
export const revokeDelegate = statement<
  RevokeParameters & {
    readonly id: string;
    readonly jti: string;
    readonly delegate: string;
    readonly delegateId: string;
    readonly delegatesMax: number;
  },
  RevokedDelegate
>(
  'scoped_token_revoke_delegate',
  /* sql */ `
WITH revoked AS (
  UPDATE countersign.scoped_token t SET delegates_revoked = least(t.delegates_revoked + 1, :delegatesMax::int),
    revoked_at = CASE WHEN t.delegates_revoked >= :delegatesMax::int THEN :now::timestamptz END,
    revoked_by = CASE WHEN t.delegates_revoked >= :delegatesMax::int THEN :by::text END, ${advanceToken}
  WHERE t.id = :id::uuid AND t.revoked_at IS NULL AND t.expires_at > :now::timestamptz AND NOT EXISTS (
    SELECT FROM countersign.token_revocation r WHERE r.kind = 'jti/cid' AND r.value = :delegate::text)
  RETURNING t.*
), ${logRevoked('CASE WHEN t.revoked_at IS NULL THEN :delegateId::text END')}, noted AS (
  ${insertRevocation}
  SELECT :revocationId::uuid, CASE WHEN t.revoked_at IS NULL THEN 'jti/cid' ELSE 'jti' END,
    CASE WHEN t.revoked_at IS NULL THEN :delegate::text ELSE :jti::text END, NULL, t.expires_at, :now::timestamptz, :by::text
  FROM revoked t
)
SELECT count(*)::int AS revoked, coalesce(bool_or(revoked_at IS NOT NULL), false) AS token_ended FROM revoked`,
);

/** A session, whether or not we know a token of it: others may be minted elsewhere. Of anybody, or of one subject. */
export const revokeSession = statement<
  RevokeParameters &
    LastingRevocation & {
      readonly kind: RevocationKind;
      readonly value: string;
      readonly sessionId: string;
      readonly subjectId: string | null;
    },
  Revoked
>(
  'scoped_token_revoke_session',
  /* sql */ `
WITH noted AS (${insertLasting(':kind::text', ':value::text')}
), ${revokeAll('m.session_id = :sessionId::text AND (:subjectId::text IS NULL OR m.subject_id = :subjectId::text)')}
SELECT count(*)::int AS revoked FROM revoked`,
);

/** What carries an authorization request to pay with it, also where we know no token of it: narrowed ones do too. */
export const revokePaidBy = statement<
  RevokeParameters & LastingRevocation & { readonly requestId: string; readonly claimed: string },
  Revoked
>(
  'scoped_token_revoke_paid_by',
  /* sql */ `
WITH noted AS (${insertLasting("'arq'", ':claimed::text')}
), ${revokeAll('m.authorization_request_id = :requestId::uuid')}
SELECT count(*)::int AS revoked FROM revoked`,
);

/** One that this subject sees in this session, or anybody's. */
export const requestExists = statement<
  { readonly id: string; readonly subjectId: string | null; readonly sessionId: string | null },
  { id: string }
>(
  'scoped_token_request_exists',
  /* sql */ `
SELECT id FROM countersign.authorization_request
WHERE id = :id::uuid AND (:subjectId::text IS NULL
  OR (subject_id = :subjectId::text AND (session_id IS NULL OR session_id = :sessionId::text)))`,
);

/**
 * All of a subject: its epoch rises, and what was minted in an older one is revoked. Where every older one is revoked
 * already, for long enough, it rises only for a token of the newest: one that we know of, or that was presented now.
 */
export const revokeSubject = statement<
  RevokeParameters &
    LastingRevocation & {
      readonly subjectId: string;
      /** Whether it rises whatever there is. */
      readonly always: boolean;
      readonly presentedEpoch: number | null;
    },
  Revoked
>(
  'scoped_token_revoke_subject',
  /* sql */ `
WITH raised AS (
  INSERT INTO countersign.subject_security AS s (subject_id, security_epoch) VALUES (:subjectId::text, 1)
  ON CONFLICT (subject_id) DO UPDATE SET security_epoch = s.security_epoch + 1
  WHERE :always::boolean OR :presentedEpoch::bigint >= s.security_epoch
    OR EXISTS (SELECT FROM countersign.scoped_token m
      WHERE m.subject_id = :subjectId::text AND m.revoked_at IS NULL AND m.expires_at > :now::timestamptz)
    OR NOT EXISTS (SELECT FROM countersign.token_revocation r WHERE r.kind = 'sub' AND r.value = :subjectId::text
      AND r.minimum_epoch >= s.security_epoch AND r.not_after >= :latestExpiry::timestamptz)
  RETURNING s.security_epoch
), noted AS (
  ${insertRevocation}
  SELECT :revocationId::uuid, 'sub', :subjectId::text, raised.security_epoch, :notAfter::timestamptz, :now::timestamptz, :by::text
  FROM raised
), ${revokeAll('m.subject_id = :subjectId::text')}
SELECT count(*)::int AS revoked FROM revoked`,
);

/** Of this subject, or of anybody. */
export const tokenExists = statement<
  { readonly id: string; readonly subjectId: string | null },
  { id: string }
>(
  'scoped_token_exists',
  /* sql */ `
SELECT id FROM countersign.scoped_token
WHERE id = :id::uuid AND (:subjectId::text IS NULL OR subject_id = :subjectId::text)`,
);
