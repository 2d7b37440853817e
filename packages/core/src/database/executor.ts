import pg from 'pg';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Clock } from '../ports.ts';
import { awayError, isOutdatedPlan } from './failure.ts';
import type { OwnConnection } from './own-connection.ts';
import type { Statement } from './statement.ts';

/** Runs statements: on the pool, where each is a transaction of its own, or inside somebody's transaction. */
export interface Executor {
  /** One round trip. The rows, with timestamps as Date, json parsed, bytea as Buffer. */
  query<Parameters, Row>(statement: Statement<Parameters, Row>, parameters: Parameters): Promise<Row[]>;
  /** A statement that was built for this one call (a list with its filters): not prepared. */
  select<Row>(text: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface Database {
  readonly orm: MikroORM;
  /** Tells every statement when it was sent. */
  readonly clock: Clock;
  /** Each statement commits by itself. */
  readonly pool: Executor;
  /** Runs in one transaction on one connection; commits when `run` resolves, rolls back when it rejects. */
  transaction<Result>(run: InTransaction<Result>): Promise<Result>;
  /** The same for a batch of a subscriber, of a host's or of ours: it waits for other batches, and for no call. */
  batch<Result>(of: 'hosts' | 'ours', run: InTransaction<Result>): Promise<Result>;
  /** One more connection, beside the pool; whoever makes it ends it. `name` is what the database calls it. */
  connect(name: string): OwnConnection;
  /** Of the pool, now. */
  connections(): Connections;
  close(): Promise<void>;
}

export type InTransaction<Result> = (db: Executor, client: pg.ClientBase) => Promise<Result>;

export interface Connections {
  readonly inUse: number;
  readonly idle: number;
  /** Calls that wait for a connection. */
  readonly waiting: number;
  readonly max: number;
}

/**
 * MikroORM sets parsers on its pool that leave timestamps as text; ours are given with each statement, so
 * that a row reads the same from our pool, a Kysely transaction or a host's own client.
 */
const rowTypes: pg.CustomTypesConfig = { getTypeParser: pg.types.getTypeParser };

/**
 * Goes behind the names of what is prepared. What a newer node has made outdated stays so on its connection for as long
 * as that lives; under another name it is prepared anew. One for the process, since hosts' clients have ours prepared
 * too, and nobody may close those.
 */
let edition = '';

/** What a statement that failed means to whoever asked; from the first that is outdated on, all are prepared anew. */
export function statementError(error: unknown, name: string | undefined): unknown {
  // Others that were under way meanwhile were still sent under the name of before.
  if (isOutdatedPlan(error) && name?.endsWith(edition)) edition += '+';
  return awayError(error);
}

/** What `pg` is asked for one statement. Whoever writes `:sentAt` is told, without asking for it, when it was sent. */
export function queryConfig<Parameters, Row>(
  clock: Clock,
  statement: Statement<Parameters, Row>,
  parameters: Parameters,
) {
  return {
    name: statement.name + edition,
    text: statement.text,
    values: statement.parameters.map((name) =>
      name === 'sentAt' ? sendingTime(clock) : written(parameters[name]),
    ),
    types: rowTypes,
  };
}

/** Times in UTC: what `pg` itself writes is local time with an offset, put together digit by digit. */
function written(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

/**
 * Read when `pg` writes the value to the wire (`toPostgres`), so after a connection was had, and after whatever a host's
 * own client was still doing. Rejected: taking the connection first; a host's client has a queue of its own.
 */
function sendingTime(clock: Clock) {
  const now = () => clock.now().toISOString();
  return { toPostgres: now, toString: now };
}

/** How long `pg` waits for the answer to one query. Its types know the option for whole connections only. */
export function answeredWithin(milliseconds: number | undefined): object {
  return milliseconds === undefined ? {} : { query_timeout: milliseconds };
}

/**
 * Runs statements through a `pg` pool or client.
 *
 * @param waitMs how long an answer is waited for; for ever on a host's own client.
 */
export function executorOf(
  clock: Clock,
  client: Pick<pg.Pool, 'query'> | Pick<pg.ClientBase, 'query'>,
  waitMs?: number,
): Executor {
  const within = answeredWithin(waitMs);
  const isPool = 'totalCount' in client;
  const run = async <Row>(config: pg.QueryConfig): Promise<Row[]> => {
    try {
      const result = await (client as pg.Pool).query({ ...config, ...within });
      return result.rows as Row[];
    } catch (error) {
      const { name, ...unnamed } = config;
      const failure = statementError(error, name);
      // Nothing is done twice: PostgreSQL has said no when it bound the values, before anything ran (exec_bind_message).
      // Once: what has no name is planned with its values, and cannot be outdated. An open transaction has failed.
      if (isPool && name !== undefined && isOutdatedPlan(error)) return await run(unnamed);
      throw failure;
    }
  };
  return {
    query: (statement, parameters) => run(queryConfig(clock, statement, parameters)),
    select: (text, values) => run({ text, values: [...values], types: rowTypes }),
  };
}
