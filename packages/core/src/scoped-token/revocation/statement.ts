import { statement } from '../../database/statement.ts';
import type { RevocationKind } from './revocation.ts';

/** Where the next pass goes on: every transaction that this one could not see has this number or a later one. */
export interface FeedPlace {
  readonly epoch: number;
  readonly txid: string;
}

export const readFeedPlace = statement<object, FeedPlace>(
  'token_revocation_place',
  /* sql */ `
SELECT epoch, pg_snapshot_xmin(pg_current_snapshot())::text AS txid FROM countersign.installation`,
);

export interface RevocationRow {
  readonly kind: RevocationKind;
  readonly value: string;
  readonly minimum_epoch: number | null;
  readonly not_after: Date;
}

const columns = 'kind, value, minimum_epoch, not_after';

export interface RevocationPlace {
  /** To the microsecond, which a Date does not hold. */
  readonly after: string;
  readonly afterId: string;
}

/** What a page from a moment on begins behind. */
export function placeAt(now: Date): RevocationPlace {
  return { after: now.toISOString(), afterId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
}

export interface PagedRevocationRow extends RevocationRow {
  readonly id: string;
  readonly place: string;
}

/**
 * At the start, and after a restore: everything that can still concern a token, a page after the other by the index.
 * Not grouped by what is revoked: to sort a million of them takes longer than the 5 s that a statement has.
 */
export const readRevocations = statement<RevocationPlace & { readonly limit: number }, PagedRevocationRow>(
  'token_revocation_all',
  /* sql */ `
SELECT id, ${columns}, to_char(not_after AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS place
FROM countersign.token_revocation
WHERE (not_after, id) > (:after::timestamptz, :afterId::uuid) ORDER BY not_after, id LIMIT :limit::int`,
);

/**
 * What may have become visible since a place. Some of it was read before: revocations are a set, so no order is
 * kept and nobody waits for transactions that are open.
 */
export const readNewRevocations = statement<
  { readonly txid: string; readonly now: Date; readonly limit: number },
  RevocationRow
>(
  'token_revocation_new',
  /* sql */ `
SELECT ${columns} FROM countersign.token_revocation
WHERE txid >= :txid::text::xid8 AND not_after > :now::timestamptz LIMIT :limit::int`,
);

/** Whether a token is revoked, asked of the table itself. */
export const findRevocation = statement<
  {
    readonly kinds: readonly string[];
    readonly values: readonly string[];
    readonly epoch: number;
    readonly now: Date;
  },
  { revoked: boolean }
>(
  'token_revocation_find',
  /* sql */ `
SELECT EXISTS (
  SELECT FROM unnest(:kinds::text[], :values::text[]) AS asked (kind, value)
  JOIN countersign.token_revocation r ON r.kind = asked.kind AND r.value = asked.value
  WHERE r.not_after > :now::timestamptz AND (r.minimum_epoch IS NULL OR r.minimum_epoch > :epoch::bigint)
) AS revoked`,
);
