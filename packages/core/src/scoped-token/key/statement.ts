import { statement } from '../../database/statement.ts';
import type { TokenKeyState } from './source.ts';

export interface TokenKeyRow {
  readonly kid: string;
  readonly state: TokenKeyState;
  readonly wrapped_root: Buffer | null;
  readonly secret_key_id: string;
  readonly created_at: Date;
  readonly active_at: Date | null;
  readonly retiring_at: Date | null;
  readonly ends_at: Date | null;
  readonly revoked_at: Date | null;
}

/** There are a handful of them: those that are gone are deleted. */
export const readKeys = statement<object, TokenKeyRow>(
  'token_key_read',
  'SELECT * FROM countersign.token_key ORDER BY created_at, kid',
);

/** Whoever changes the keys goes one after the other, over all nodes. A number of our own choice. */
export const lockKeys = statement<object, object>(
  'token_key_lock',
  'SELECT pg_advisory_xact_lock(7261943003)',
);

export const insertKey = statement<
  {
    readonly kid: string;
    readonly state: 'next' | 'active';
    readonly wrapped: Uint8Array;
    readonly secretKeyId: string;
    readonly now: Date;
  },
  { kid: string }
>(
  'token_key_insert',
  /* sql */ `
INSERT INTO countersign.token_key (kid, state, wrapped_root, secret_key_id, created_at, active_at)
VALUES (:kid::text, :state::text, :wrapped::bytea, :secretKeyId::text, :now::timestamptz,
  CASE WHEN :state::text = 'active' THEN :now::timestamptz END)
RETURNING kid`,
);

export const retireActive = statement<{ readonly now: Date; readonly endsAt: Date }, { kid: string }>(
  'token_key_retire',
  /* sql */ `
UPDATE countersign.token_key SET state = 'retiring', retiring_at = :now::timestamptz, ends_at = :endsAt::timestamptz
WHERE state = 'active' RETURNING kid`,
);

export const activateNext = statement<{ readonly now: Date }, { kid: string }>(
  'token_key_activate',
  /* sql */ `
UPDATE countersign.token_key SET state = 'active', active_at = :now::timestamptz WHERE state = 'next' RETURNING kid`,
);

/** The root goes with it: nobody can take this back. */
export const revokeKey = statement<
  {
    readonly kid: string;
    readonly now: Date;
    readonly endsAt: Date;
    readonly revocationId: string;
    readonly by: string;
  },
  { kid: string; state: TokenKeyState }
>(
  'token_key_revoke',
  /* sql */ `
WITH before AS (
  SELECT k.kid, k.state FROM countersign.token_key k WHERE k.kid = :kid::text AND k.state <> 'revoked' FOR UPDATE
), revoked AS (
  UPDATE countersign.token_key k SET state = 'revoked', wrapped_root = NULL, revoked_at = :now::timestamptz, ends_at = :endsAt::timestamptz
  FROM before WHERE k.kid = before.kid RETURNING k.kid
), noted AS (
  INSERT INTO countersign.token_revocation (id, kind, value, not_after, revoked_at, revoked_by)
  SELECT :revocationId::uuid, 'kid', kid, :endsAt::timestamptz, :now::timestamptz, :by::text FROM revoked
)
SELECT kid, state FROM before`,
);

/** Gone: no token of theirs can still be valid. */
export const forgetEndedKeys = statement<{ readonly now: Date }, { kid: string }>(
  'token_key_forget',
  'DELETE FROM countersign.token_key WHERE ends_at <= :now::timestamptz RETURNING kid',
);
