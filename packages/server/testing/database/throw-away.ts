import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { databaseUrl } from './database-url.ts';
import { migratedTemplate, templateLock } from './template.ts';

/** A database that is there for one test. */
export interface ThrowAwayDatabase {
  readonly url: string;
  /** Whoever is still connected after a second is cut off. */
  drop(): Promise<void>;
}

const prefix = 'countersign_test_';
/** The first half of the advisory lock that says: the test of this database is still running. */
const inUse = 726_194_311;

/**
 * Clones the migrated template. The connection that made the database stays, and with it a lock on its name: so a later
 * run knows which databases a killed one has left behind, and drops them, on a server that others use as well.
 *
 * @throws Error when the server cannot be reached, or lets this user make no database.
 */
export async function openThrowAwayDatabase(server: string): Promise<ThrowAwayDatabase> {
  const client = new pg.Client({ connectionString: server });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const name = `${prefix}${randomBytes(8).toString('hex')}`;
    await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [inUse, name]);
    await client.query('SELECT pg_advisory_lock($1)', [templateLock]);
    await dropAbandoned(client, server);
    const template = await migratedTemplate(client, server);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template} ${strategyOf(server)}`);
    await client.query('SELECT pg_advisory_unlock($1)', [templateLock]);
    return {
      url: databaseUrl(server, name),
      async drop() {
        await untilLeft(client, name);
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        await client.end();
      },
    };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw new Error(`No database for this test could be made on ${placeOf(server)}: ${textOf(error)}`, {
      cause: error,
    });
  }
}

/** A pool that was ended has said good-bye, but its sockets may be open still: cut, they would fail with nobody near. */
async function untilLeft(client: pg.Client, name: string): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    const { rowCount } = await client.query('SELECT FROM pg_stat_activity WHERE datname = $1 LIMIT 1', [
      name,
    ]);
    if (!rowCount) return;
    await setTimeout(10);
  }
}

const swept = new Set<string>();

/** Once per process, under the lock of the template. What a test still uses cannot be locked. */
async function dropAbandoned(client: pg.Client, server: string): Promise<void> {
  if (swept.has(server)) return;
  swept.add(server);
  const { rows } = await client.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database WHERE datname ~ $1',
    [`^${prefix}[0-9a-f]{16}$`],
  );
  for (const { name } of rows) {
    const { rows: locks } = await client.query<{ free: boolean }>(
      'SELECT pg_try_advisory_lock($1, hashtext($2)) AS free',
      [inUse, name],
    );
    if (!locks[0]?.free) continue;
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query('SELECT pg_advisory_unlock($1, hashtext($2))', [inUse, name]);
  }
}

/**
 * Copying files needs two checkpoints: cheap where nothing is synced, as on a server of ours, whose only way in is a
 * socket; elsewhere the default is faster.
 */
function strategyOf(server: string): string {
  return new URL(server).hostname.startsWith('%2F') ? 'STRATEGY file_copy' : '';
}

/** Without user and password. */
function placeOf(server: string): string {
  const { host, pathname } = new URL(server);
  return `${decodeURIComponent(host)}${pathname}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
