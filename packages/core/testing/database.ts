import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../src/database/migrate.ts';
import { openDatabase } from '../src/database/orm.ts';
import { statement } from '../src/database/statement.ts';
import { assertNoCredentialAtRest, LeakedCredentialError } from './canary.ts';
import { silentLogger } from '../src/runtime.ts';

/** A database of a test's own: cloned from a migrated template, dropped when the test is over. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  /** Straight to the tables, for tests that look below the code. */
  readonly sql: pg.Pool;
}

const template = 'countersign_template';
const templateLock = 7_261_943_100;

/** Clocks of tests are set to any time, and some things wait for a day after a migration. */
const migrateLongAgo = statement<object, object>(
  'test_migrate_long_ago',
  `UPDATE countersign.migration SET executed_at = '2020-01-01'`,
);

/** The server that the run has started for this worker (database-setup.ts), or the one that the environment names. */
export function serverUrl(): string {
  const urls = process.env['COUNTERSIGN_TEST_DATABASE']?.split(' ') ?? [];
  const url = urls[(Number(process.env['VITEST_POOL_ID'] ?? 1) - 1) % urls.length];
  if (url === undefined)
    throw new Error('COUNTERSIGN_TEST_DATABASE names no PostgreSQL; run through `npm test`');
  return url;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `countersign_${randomBytes(6).toString('hex')}`;
  await onServer(async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
    await ensureTemplate(client);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
    await client.query('SELECT pg_advisory_unlock($1)', [templateLock]);
  });
  const url = databaseUrl(name);
  const sql = new pg.Pool({ connectionString: url, max: 20 });
  sql.on('error', () => undefined);
  sql.on('connect', (client) => client.on('error', () => undefined));
  return {
    url,
    sql,
    async [Symbol.asyncDispose]() {
      const leak = await leakIn(sql);
      await sql.end();
      await onServer(async (client) => {
        await untilLeft(client, name);
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      });
      if (leak !== null) throw leak;
    },
  };
}

/** Null also when the test has made the database unreachable. */
async function leakIn(sql: pg.Pool): Promise<LeakedCredentialError | null> {
  try {
    await assertNoCredentialAtRest(sql);
  } catch (error) {
    if (error instanceof LeakedCredentialError) return error;
  }
  return null;
}

/**
 * A pool that was ended has said good-bye, but its sockets may still be open; one that is cut by force then is an
 * error nobody listens for. Whoever stays longer than a second is cut.
 */
async function untilLeft(client: pg.Client, name: string): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1 LIMIT 1', [
      name,
    ]);
    if (!rowCount) return;
    await setTimeout(10);
  }
}

async function ensureTemplate(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [template]);
  if (rowCount) return;
  const unfinished = `${template}_unfinished`;
  await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
  await client.query(`CREATE DATABASE ${unfinished}`);
  const database = await openDatabase(databaseUrl(unfinished), silentLogger);
  await migrate(database);
  await database.pool.query(migrateLongAgo, {});
  await database.close();
  await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`);
}

function databaseUrl(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

async function onServer<Result>(run: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
