import { statement } from '../../database/statement.ts';

export interface SealedRow {
  readonly what: 'factor' | 'method' | 'service_key' | 'token_key' | 'webhook';
  /** Of the secret that it was made with. */
  readonly keyId: string;
  readonly count: number;
}

const sealedBy = (column: string) => `encode(substr(${column}, 1, 8), 'escape')`;

/** Under which secrets everything stands that only a secret opens; what is over is never opened again. */
export const readSealed = statement<{ readonly now: Date }, SealedRow>(
  'diagnosis_sealed',
  /* sql */ `
SELECT what, "keyId", count(*)::int AS count FROM (
  SELECT 'factor' AS what, ${sealedBy('config')} AS "keyId" FROM countersign.factor
    WHERE removed_at IS NULL AND config IS NOT NULL
  UNION ALL SELECT 'method', ${sealedBy('config')} FROM countersign.method_configuration
  UNION ALL SELECT 'webhook', ${sealedBy('secrets')} FROM countersign.webhook_endpoint
  UNION ALL SELECT 'token_key', secret_key_id FROM countersign.token_key WHERE wrapped_root IS NOT NULL
  UNION ALL SELECT 'service_key', secret_key_id FROM countersign.service_key
    WHERE revoked_at IS NULL AND coalesce(expires_at, 'infinity') > :now::timestamptz
) AS sealed GROUP BY what, "keyId" ORDER BY what, "keyId"`,
);
