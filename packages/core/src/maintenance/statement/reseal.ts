import { statement, type Statement } from '../../database/statement.ts';
import type { MethodConfigurationRow } from '../../method-configuration/row.ts';

/** One process at a time, for as long as its transaction takes. A number of our own choice. */
export const takeReseal = statement<object, { taken: boolean }>(
  'reseal_take',
  'SELECT pg_try_advisory_xact_lock(7261943005) AS taken',
);

/** A page of all there are: what to look for is no column, and a look through all at once would take too long. */
export type ReadOld<Row> = Statement<Page, Row>;

interface Page {
  /** A UUID: those behind it. */
  readonly after: string;
  /** How everything begins that is sealed under the active secret. */
  readonly sealedNow: Uint8Array;
  readonly pageSize: number;
}

interface OldFactor {
  readonly id: string;
  readonly subject_id: string;
  /** Null where nothing is to be done. What was removed stays as it was, and is never opened again. */
  readonly config: Buffer | null;
}

const isOld = `substr(config, 1, octet_length(:sealedNow::bytea)) <> :sealedNow::bytea`;

export const readFactorsToReseal: ReadOld<OldFactor> = statement(
  'reseal_read_factors',
  /* sql */ `
SELECT id, subject_id, CASE WHEN removed_at IS NULL AND ${isOld} THEN config END AS config
FROM countersign.factor WHERE id > :after::uuid ORDER BY id LIMIT :pageSize::int`,
);

type OldConfiguration = Pick<MethodConfigurationRow, 'id' | 'method'> & Pick<OldFactor, 'config'>;

export const readConfigurationsToReseal: ReadOld<OldConfiguration> = statement(
  'reseal_read_configurations',
  /* sql */ `
SELECT id, method, CASE WHEN ${isOld} THEN config END AS config
FROM countersign.method_configuration WHERE id > :after::uuid ORDER BY id LIMIT :pageSize::int`,
);

export const readWebhooksToReseal: ReadOld<Pick<OldFactor, 'id' | 'config'>> = statement(
  'reseal_read_webhooks',
  /* sql */ `
SELECT id, CASE WHEN substr(secrets, 1, octet_length(:sealedNow::bytea)) <> :sealedNow::bytea THEN secrets END AS config
FROM countersign.webhook_endpoint WHERE id > :after::uuid ORDER BY id LIMIT :pageSize::int`,
);

interface Exchange {
  readonly id: string;
  readonly old: Uint8Array;
  readonly sealed: Uint8Array;
}

/**
 * Only if it still is what was read: what a proof or its owner has made of it since is never undone. It says the same
 * as before, so its version stays, and who judges by the version meanwhile is right.
 */
export const resealFactor = statement<Exchange, { id: string }>(
  'reseal_factor',
  /* sql */ `
UPDATE countersign.factor f SET config = :sealed::bytea
WHERE f.id = :id::uuid AND f.config = :old::bytea AND f.removed_at IS NULL RETURNING f.id`,
);

export const resealConfiguration = statement<Exchange, { id: string }>(
  'reseal_configuration',
  /* sql */ `
UPDATE countersign.method_configuration c SET config = :sealed::bytea
WHERE c.id = :id::uuid AND c.config = :old::bytea RETURNING c.id`,
);

export const resealWebhook = statement<Exchange, { id: string }>(
  'reseal_webhook',
  /* sql */ `
UPDATE countersign.webhook_endpoint w SET secrets = :sealed::bytea
WHERE w.id = :id::uuid AND w.secrets = :old::bytea RETURNING w.id`,
);
