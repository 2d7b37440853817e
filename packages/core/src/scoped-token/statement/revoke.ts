import { statement } from '../../database/statement.ts';
import { appendEvents, type EventParameters } from '../../event/append.ts';
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

/** One delegate of a token: the token goes on. */
export const revokeDelegate = statement<
  RevokeParameters & { readonly id: string; readonly delegate: string; readonly delegateId: string },
  Revoked
>(
  'scoped_token_revoke_delegate',
  /* sql */ `
WITH revoked AS (
  UPDATE countersign.scoped_token t SET ${advanceToken}
  WHERE t.id = :id::uuid AND t.revoked_at IS NULL AND t.expires_at > :now::timestamptz AND NOT EXISTS (
    SELECT FROM countersign.token_revocation r WHERE r.kind = 'jti/cid' AND r.value = :delegate::text)
  RETURNING t.*
), ${logRevoked(':delegateId::text')}, noted AS (
  ${insertRevocation}
  SELECT :revocationId::uuid, 'jti/cid', :delegate::text, NULL, t.expires_at, :now::timestamptz, :by::text FROM revoked t
)
SELECT count(*)::int AS revoked FROM revoked`,
);

/** A session, whether or not we know a token of it: others may be minted elsewhere. */
export const revokeSession = statement<
  RevokeParameters & { readonly sessionId: string; readonly notAfter: Date },
  Revoked
>(
  'scoped_token_revoke_session',
  /* sql */ `
WITH noted AS (
  ${insertRevocation}
  VALUES (:revocationId::uuid, 'sid', :sessionId::text, NULL, :notAfter::timestamptz, :now::timestamptz, :by::text)
), ${revokeAll('m.session_id = :sessionId::text')}
SELECT count(*)::int AS revoked FROM revoked`,
);

/** What carries an authorization request to pay with it, also where we know no token of it: narrowed ones do too. */
export const revokePaidBy = statement<
  RevokeParameters & { readonly requestId: string; readonly claimed: string; readonly notAfter: Date },
  Revoked
>(
  'scoped_token_revoke_paid_by',
  /* sql */ `
WITH noted AS (
  ${insertRevocation}
  VALUES (:revocationId::uuid, 'arq', :claimed::text, NULL, :notAfter::timestamptz, :now::timestamptz, :by::text)
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

/** All of a subject: its epoch rises, and what was minted in an older one is revoked. */
export const revokeSubject = statement<
  RevokeParameters & { readonly subjectId: string; readonly notAfter: Date },
  Revoked
>(
  'scoped_token_revoke_subject',
  /* sql */ `
WITH raised AS (
  INSERT INTO countersign.subject_security AS s (subject_id, security_epoch) VALUES (:subjectId::text, 1)
  ON CONFLICT (subject_id) DO UPDATE SET security_epoch = s.security_epoch + 1
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
