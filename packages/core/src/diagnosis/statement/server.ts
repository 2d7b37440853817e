import { statement } from '../../database/statement.ts';

export interface ServerRow {
  readonly version: string;
  readonly versionNumber: number;
  readonly role: string;
  readonly isStandby: boolean;
  readonly fsync: boolean;
  readonly fullPageWrites: boolean;
  /** As this connection has it. */
  readonly synchronousCommit: string;
  readonly connectionsMax: number;
  readonly connectionsUsed: number;
  readonly now: Date;
}

/** What the database is, and the settings on which a commit depends. Everybody may read all of it. */
export const readServer = statement<object, ServerRow>(
  'diagnosis_server',
  /* sql */ `
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS "versionNumber",
  current_user::text AS role, pg_is_in_recovery() AS "isStandby", current_setting('fsync')::boolean AS fsync,
  current_setting('full_page_writes')::boolean AS "fullPageWrites",
  current_setting('synchronous_commit') AS "synchronousCommit",
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS "connectionsMax",
  (SELECT sum(numbackends)::int FROM pg_stat_database) AS "connectionsUsed",
  clock_timestamp() AS now`,
);
