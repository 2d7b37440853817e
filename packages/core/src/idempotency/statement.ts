import { statement } from '../database/statement.ts';

export interface ClaimParameters {
  readonly scope: Uint8Array;
  readonly input: Uint8Array;
  readonly keyId: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

/**
 * Takes the key, in the transaction of the effect: a second call with it waits for that transaction and then
 * finds its outcome, or, if it rolled back (a crash too), takes the key itself. No row: somebody has it.
 */
export const claimKey = statement<ClaimParameters, { scope: Buffer }>(
  'idempotency_claim',
  /* sql */ `
INSERT INTO countersign.idempotency_key AS k (scope, input, key_id, expires_at)
VALUES (:scope::bytea, :input::bytea, :keyId::text, :expiresAt::timestamptz)
ON CONFLICT (scope) DO UPDATE SET input = EXCLUDED.input, key_id = EXCLUDED.key_id, expires_at = EXCLUDED.expires_at, outcome = NULL
WHERE k.expires_at <= :now::timestamptz
RETURNING scope`,
);

export const readKey = statement<
  { readonly scope: Uint8Array; readonly now: Date },
  { input: Buffer; key_id: string; outcome: unknown }
>(
  'idempotency_read',
  `SELECT input, key_id, outcome FROM countersign.idempotency_key
   WHERE scope = :scope::bytea AND expires_at > :now::timestamptz`,
);

export const storeOutcome = statement<
  { readonly scope: Uint8Array; readonly outcome: string },
  { scope: Buffer }
>(
  'idempotency_store',
  'UPDATE countersign.idempotency_key SET outcome = :outcome::jsonb WHERE scope = :scope::bytea RETURNING scope',
);

/** By the index on the expiry: without an order PostgreSQL looks for those that are due among all there are. */
export const forgetKeys = statement<{ readonly now: Date }, { scope: Buffer }>(
  'idempotency_forget',
  /* sql */ `
WITH due AS (
  SELECT k.scope FROM countersign.idempotency_key k WHERE k.expires_at <= :now::timestamptz
  ORDER BY k.expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED
)
DELETE FROM countersign.idempotency_key k WHERE k.scope = ANY (ARRAY(SELECT scope FROM due)) RETURNING k.scope`,
);
