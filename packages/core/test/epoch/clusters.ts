import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@countersign/embedded-postgres';
import pg from 'pg';

const settings = { fsync: 'off', full_page_writes: 'off' };

/** Where a cluster of a test's own lies; deleted in the end. */
export async function makePlace(): Promise<{ readonly directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-epoch-'));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

export function startAt(directory: string, more: Record<string, string> = {}): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ directory, settings: { ...settings, ...more } });
}

/** A copy of a cluster that is stopped, as a backup is: with its owner and rights. */
export async function copyCluster(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', `${from}/.`, to]);
}

/** What is there is recovered, and goes on as a history of its own: as after a recovery to a point in time. Nobody is let in before. */
export async function recoverAt(directory: string): Promise<EmbeddedPostgres> {
  await writeFile(join(directory, 'data', 'recovery.signal'), '', { mode: 0o644 });
  return await startAt(directory, { restore_command: 'false', hot_standby: 'off' });
}

/** A pool whose server may go first. */
export function openPool(url: string): pg.Pool {
  const sql = new pg.Pool({ connectionString: url });
  sql.on('error', () => undefined);
  sql.on('connect', (client) => client.on('error', () => undefined));
  return sql;
}

/** So many transactions come and go. */
export async function age(sql: pg.Pool, transactions: number): Promise<void> {
  await sql.query(
    `DO $$ BEGIN FOR i IN 1..${transactions} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$`,
  );
}

/** All rows of one database into another that has the same tables, as a dump brings them. */
export async function copyRows(from: pg.Pool, to: pg.Pool): Promise<void> {
  const { rows: tables } = await from.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'countersign'::regnamespace AND relkind IN ('r', 'p')
     AND NOT relispartition AND relname <> 'migration'`,
  );
  const client = await to.connect();
  const { rows: months } = await from.query<{ month: string }>(
    `SELECT DISTINCT date_trunc('month', logged_at)::text AS month FROM countersign.event_archive`,
  );
  await client.query('SET session_replication_role = replica');
  await client.query('DELETE FROM countersign.installation');
  for (const { month } of months) await client.query('SELECT countersign.make_archive_month($1)', [month]);
  for (const { name } of tables) {
    const { rows } = await from.query<{ row: string }>(`SELECT t::text AS row FROM countersign.${name} t`);
    await client.query(
      `INSERT INTO countersign.${name} SELECT (row::countersign.${name}).* FROM unnest($1::text[]) AS row`,
      [rows.map(({ row }) => row)],
    );
  }
  client.release(true);
}
