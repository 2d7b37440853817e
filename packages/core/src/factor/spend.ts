import { isInForce } from './in-force.ts';

/** What a right proof does to the factor that made it. */
export interface SpendParameters {
  readonly factorId: string | null;
  /** The version that was judged; null where the factor's configuration did not matter. */
  readonly factorVersion: number | null;
  /** How often what is in force had been replaced when the factor was asked; null where its version is compared. */
  readonly factorRenewals: number | null;
  /** Sealed; null when it stays as it is. */
  readonly factorConfig: Uint8Array | null;
  readonly factorMark: string | null;
}

/**
 * Three queries for the statement that decides by a factor's proof; `spent_factor` has a row when the proof still
 * counts. None when the factor was removed, switched off or changed since it was judged: its row is locked, as a
 * revocation locks it, so that one of the two is first and nothing is approved after a revocation (I13). None when its
 * mark was there already: what a factor has proven with it never proves with again (I11), whatever the code above
 * believed. The factor is taken only from a row of `from`, so it is spent for something or not at all.
 */
export function spendFactor(from: string): string {
  return /* sql */ `used AS (
  UPDATE countersign.factor f SET last_used_at = :now::timestamptz, config = coalesce(:factorConfig::bytea, f.config),
    version = CASE WHEN :factorConfig::bytea IS NULL THEN f.version ELSE f.version + 1 END
  FROM ${from} WHERE f.id = :factorId::uuid AND ${isInForce} AND (:factorVersion::int IS NULL OR f.version = :factorVersion::int)
    AND (:factorRenewals::int IS NULL OR f.renewals = :factorRenewals::int)
  RETURNING f.id, f.renewals
), marked AS (
  INSERT INTO countersign.factor_mark (factor_id, mark, marked_at)
  SELECT used.id, :factorMark::text, :now::timestamptz FROM used WHERE :factorMark::text IS NOT NULL
  ON CONFLICT DO NOTHING RETURNING factor_id
), spent_factor AS (
  SELECT used.id, used.renewals FROM used WHERE :factorMark::text IS NULL OR EXISTS (SELECT FROM marked)
)`;
}
