import { statement } from '../database/statement.ts';
import type { ServiceKeyInForce, ServiceKeyRow } from './row.ts';

const columns = `k.id, k.title, k.role, k.created_at, k.created_by, k.last_used_on::text AS last_used_on, k.expires_at, k.revoked_at`;
const inForce = `k.revoked_at IS NULL AND coalesce(k.expires_at, 'infinity'::timestamptz) > :now::timestamptz`;

/** No row when so many are in force already: each node reads all of these four times a second. */
export const insertServiceKey = statement<
  {
    readonly id: string;
    readonly title: string;
    readonly role: string;
    readonly digest: Uint8Array;
    readonly secretKeyId: string;
    readonly by: string;
    readonly expiresAt: Date | null;
    readonly now: Date;
    readonly inForceMax: number;
  },
  ServiceKeyRow
>(
  'service_key_insert',
  /* sql */ `
INSERT INTO countersign.service_key AS k (id, title, role, digest, secret_key_id, created_at, created_by, expires_at)
SELECT :id::uuid, :title::text, :role::text, :digest::bytea, :secretKeyId::text, :now::timestamptz, :by::text, :expiresAt::timestamptz
WHERE (SELECT count(*) FROM countersign.service_key k WHERE ${inForce}) < :inForceMax::int
RETURNING ${columns}`,
);

export const readServiceKeysInForce = statement<{ readonly now: Date }, ServiceKeyInForce>(
  'service_key_in_force',
  /* sql */ `
SELECT k.id, k.role, k.digest, k.secret_key_id, k.last_used_on::text AS last_used_on, k.expires_at
FROM countersign.service_key k WHERE ${inForce}`,
);

/** Newest first: ids rise. */
export const listServiceKeyRows = statement<
  { readonly after: string | null; readonly limit: number },
  ServiceKeyRow
>(
  'service_key_list',
  /* sql */ `
SELECT ${columns} FROM countersign.service_key k
WHERE k.id < coalesce(:after::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY k.id DESC LIMIT :limit::int`,
);

export const readServiceKey = statement<{ readonly id: string }, ServiceKeyRow>(
  'service_key_read',
  `SELECT ${columns} FROM countersign.service_key k WHERE k.id = :id::uuid`,
);

export const revokeServiceKeyRow = statement<
  { readonly id: string; readonly now: Date; readonly by: string },
  ServiceKeyRow
>(
  'service_key_revoke',
  /* sql */ `
UPDATE countersign.service_key k SET revoked_at = :now::timestamptz, revoked_by = :by::text
WHERE k.id = :id::uuid AND k.revoked_at IS NULL RETURNING ${columns}`,
);

/** Nodes that use a key at the same time write it once. */
export const markServiceKeyUsed = statement<{ readonly id: string; readonly day: string }, { id: string }>(
  'service_key_used',
  /* sql */ `
UPDATE countersign.service_key k SET last_used_on = :day::date
WHERE k.id = :id::uuid AND k.revoked_at IS NULL AND (k.last_used_on IS NULL OR k.last_used_on < :day::date) RETURNING k.id`,
);
