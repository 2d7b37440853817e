import { statement } from '../../database/statement.ts';

export interface TableRow {
  readonly name: string;
  readonly bytes: number;
  /** Estimates of the statistics. */
  readonly rows: number;
  readonly deadRows: number;
  readonly vacuumedAt: Date | null;
}

export const readTables = statement<object, TableRow>(
  'diagnosis_tables',
  /* sql */ `
SELECT relname::text AS name, pg_total_relation_size(relid)::float8 AS bytes, n_live_tup::float8 AS rows,
  n_dead_tup::float8 AS "deadRows", greatest(last_vacuum, last_autovacuum) AS "vacuumedAt"
FROM pg_stat_user_tables WHERE schemaname = 'countersign' ORDER BY 2 DESC, 1`,
);

/** The first of the log that is not archived yet, by the primary key. */
export const readOldestEvent = statement<object, { occurredAt: Date }>(
  'diagnosis_oldest_event',
  `SELECT occurred_at AS "occurredAt" FROM countersign.event ORDER BY epoch, txid, sequence, id LIMIT 1`,
);

export const readEpoch = statement<object, { epoch: number }>(
  'diagnosis_epoch',
  'SELECT epoch FROM countersign.installation',
);
