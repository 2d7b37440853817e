import { CompiledQuery } from 'kysely';
import { Migrator } from '@mikro-orm/migrations';
import type { SqlEntityManager } from '@mikro-orm/postgresql';
import type { Transaction } from 'kysely';
import type { Database } from './executor.ts';
import { knownMigrations } from './orm.ts';
import { statement } from './statement.ts';

// A number of our own choice: every node that migrates takes this lock first.
const migrationLock = 7_261_943_001n;

/**
 * Brings the schema up to date, in one transaction under an advisory lock: nodes that start together wait
 * for each other, and a failed migration leaves nothing behind.
 *
 * The migrator looks for its own table on another connection than the transaction it is given, so that table
 * is made and committed first.
 *
 * @param upTo the last migration to apply; default all.
 * @returns the names of the migrations that were applied.
 */
export async function migrate(database: Database, upTo?: string): Promise<string[]> {
  await locked(database, async (run) => {
    await run('CREATE SCHEMA IF NOT EXISTS countersign');
    await run(`CREATE TABLE IF NOT EXISTS countersign.migration
      (id serial PRIMARY KEY, name varchar(255), executed_at timestamptz DEFAULT CURRENT_TIMESTAMP)`);
  });
  return await locked(database, async (_, em, transaction) => {
    const applied = await new Migrator(em).up({ transaction, ...(upTo !== undefined && { to: upTo }) });
    return applied.map(({ name }) => name);
  });
}

type Run = (text: string, values?: unknown[]) => Promise<unknown>;

async function locked<Result>(
  database: Database,
  work: (run: Run, em: SqlEntityManager, transaction: Transaction<unknown>) => Promise<Result>,
): Promise<Result> {
  return await database.orm.em.fork().transactional(async (em) => {
    const transaction = em.getTransactionContext<Transaction<unknown>>();
    if (!transaction) throw new Error('a migration needs its transaction');
    const run: Run = (text, values = []) => transaction.executeQuery(CompiledQuery.raw(text, values));
    // A migration may take longer than a call may.
    await run(`SELECT set_config(name, '0', true) FROM unnest(ARRAY['statement_timeout', 'lock_timeout',
      'idle_in_transaction_session_timeout']) AS name`);
    await run('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    return await work(run, em, transaction);
  });
}

const migrationTable = statement<object, { found: string | null }>(
  'migration_table',
  "SELECT to_regclass('countersign.migration')::text AS found",
);
const appliedMigrations = statement<object, { name: string }>(
  'migrations_applied',
  'SELECT name FROM countersign.migration',
);

/** The migrations that this code knows and the database has not seen. Needs no right to write. */
export async function pendingMigrations({ pool }: Database): Promise<string[]> {
  const known = knownMigrations.map(({ name }) => name);
  const [table] = await pool.query(migrationTable, {});
  if (!table?.found) return known;
  const applied = new Set((await pool.query(appliedMigrations, {})).map(({ name }) => name));
  return known.filter((name) => !applied.has(name));
}
