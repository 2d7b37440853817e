import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@countersign/embedded-postgres';
import pg from 'pg';
import { isAlive } from '../support/command.ts';

/** A PostgreSQL of its own, which is stopped in every way and started again on the same data. */
export interface KillablePostgres extends AsyncDisposable {
  /** Of its Unix socket now; it may move with a new start. */
  readonly socketPath: string;
  /** The folder of that socket, as `pg` takes it. */
  readonly host: string;
  /** Around every line, as are these. */
  readonly url: string;
  readonly sql: pg.Pool;
  /** SIGQUIT, as a power cut: `pg_ctl stop -m immediate`; SIGINT: `-m fast`. Resolves when it is gone. */
  stop(signal: 'SIGQUIT' | 'SIGINT'): Promise<void>;
  start(): Promise<void>;
  readonly pid: number;
  /** After it has ended by itself. */
  restart(): Promise<void>;
  /** The processes that serve connections. */
  backends(): Promise<readonly number[]>;
}

/** Room for three nodes, and not for many more. */
const settings = { max_connections: '150' };

export async function startKillablePostgres(directory: string): Promise<KillablePostgres> {
  let postgres: EmbeddedPostgres = await startEmbeddedPostgres({ directory, settings });
  let sql = openPool(postgres);
  const start = async (): Promise<void> => {
    postgres = await startEmbeddedPostgres({ directory, settings });
    sql = openPool(postgres);
  };
  return {
    get socketPath() {
      return join(postgres.connection.host, `.s.PGSQL.${postgres.connection.port}`);
    },
    get host() {
      return postgres.connection.host;
    },
    get url() {
      return postgres.url();
    },
    get sql() {
      return sql;
    },
    async stop(signal) {
      const { pid } = postgres;
      process.kill(pid, signal);
      while (isAlive(pid)) await sleep(5);
      await sql.end();
      await postgres.stop();
    },
    start,
    get pid() {
      return postgres.pid;
    },
    async restart() {
      await sql.end();
      await postgres.stop();
      await start();
    },
    async backends() {
      const { rows } = await sql.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name LIKE 'countersign%'",
      );
      return rows.map(({ pid }) => pid);
    },
    async [Symbol.asyncDispose]() {
      if (!sql.ended) await sql.end();
      await postgres.stop();
    },
  };
}

function openPool(postgres: EmbeddedPostgres): pg.Pool {
  const pool = new pg.Pool({ connectionString: postgres.url(), max: 3 });
  pool.on('error', () => undefined); // it is stopped under its connections
  return pool;
}
