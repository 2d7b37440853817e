import { statement } from '../../database/statement.ts';

/** A transaction that has written and is not over: the log shows nothing that began after it. */
export interface OpenTransactionRow {
  readonly pid: number;
  readonly applicationName: string | null;
  readonly database: string | null;
  readonly role: string | null;
  /** Null where this role may not see it. */
  readonly state: string | null;
  readonly seconds: number | null;
}

/**
 * The oldest writing transactions of the whole cluster, by the lock that each holds on its own number: locks are shown
 * to everybody, `backend_xid` and ages only to who may read all statistics. Not the one that asks.
 */
export const readOpenTransactions = statement<object, OpenTransactionRow>(
  'diagnosis_open_transactions',
  /* sql */ `
SELECT l.pid, a.application_name AS "applicationName", a.datname::text AS database, a.usename::text AS role, a.state,
  extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS seconds
FROM (
  SELECT pid, max(age(transactionid)) AS age FROM pg_locks
  WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted AND pid <> pg_backend_pid() GROUP BY pid
) AS l
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
ORDER BY l.age DESC, l.pid LIMIT 5`,
);

export interface PreparedTransactionRow {
  readonly name: string;
  readonly database: string;
  readonly role: string;
  readonly seconds: number;
}

/** The same without a process: prepared for a two-phase commit, and perhaps forgotten. */
export const readPreparedTransactions = statement<object, PreparedTransactionRow>(
  'diagnosis_prepared_transactions',
  /* sql */ `
SELECT gid AS name, database::text, owner::text AS role, extract(epoch FROM clock_timestamp() - prepared)::float8 AS seconds
FROM pg_prepared_xacts ORDER BY prepared, gid LIMIT 5`,
);

export interface SlotRow {
  readonly name: string;
  /** Of the write-ahead log that it keeps; null where nobody can say. */
  readonly bytes: number | null;
}

/** Slots that nobody reads: they do not hold the log up, but fill the disk. */
export const readIdleSlots = statement<object, SlotRow>(
  'diagnosis_idle_slots',
  /* sql */ `
SELECT slot_name::text AS name, CASE WHEN NOT pg_is_in_recovery()
  THEN pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::float8 END AS bytes
FROM pg_replication_slots WHERE NOT active ORDER BY slot_name LIMIT 5`,
);
