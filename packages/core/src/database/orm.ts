import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { CountersignError } from '../error.ts';
import { entities } from '../entities.ts';
import type { Clock, Logger } from '../ports.ts';
import { systemClock } from '../runtime.ts';
import { executorOf, type Database } from './executor.ts';
import { ownConnection } from './own-connection.ts';
import { sessionSettings } from './session-settings.ts';
import { transactionsOf } from './transactions.ts';
import { within } from '../within.ts';
import * as migrations from './migrations/index.ts';

/** A PostgreSQL URL, or options of MikroORM. Always an ORM of our own; the host's entities stay its own. */
export type DatabaseOptions = string | Options;

export const knownMigrations = Object.values(migrations).map((migration) => ({
  name: nameOf(migration.name),
  class: migration,
}));

const connectionsMaxDefault = 10;
/** A peer that is gone without a word never says good-bye. */
const goodByeMs = 2000;

/** Opens the pool. Nothing hangs: connecting, a statement, a lock and an idle transaction all have a limit. */
export async function openDatabase(
  options: DatabaseOptions,
  logger: Logger,
  clock: Clock = systemClock,
): Promise<Database> {
  const given: Options = typeof options === 'string' ? { clientUrl: options } : options;
  const { clientUrl, text: settings } = sessionSettings(given);
  const orm = await MikroORM.init({
    ...given,
    ...(clientUrl !== undefined && { clientUrl }),
    entities: [...entities],
    extensions: [Migrator],
    ensureDatabase: false,
    schema: 'countersign',
    discovery: { warnWhenNoEntities: false, ...given.discovery },
    // An attempt is reserved on a second connection while a key holds the first, and a batch of a subscriber has a third.
    pool: { min: 0, ...given.pool, max: Math.max(given.pool?.max ?? connectionsMaxDefault, 3) },
    migrations: {
      tableName: 'countersign.migration',
      migrationsList: knownMigrations,
      snapshot: false,
      silent: true,
    },
    logger: (message) => logger.debug({ component: 'mikro-orm' }, message),
    driverOptions: {
      // pg reads the whole URL itself: socket directories (?host=), TLS modes, application_name.
      ...(clientUrl !== undefined && { connectionString: clientUrl }),
      connectionTimeoutMillis: 5000,
      statement_timeout: 5000,
      lock_timeout: 2000,
      idle_in_transaction_session_timeout: 5000,
      application_name: 'countersign',
      keepAlive: true,
      ...given.driverOptions,
      options: settings,
    },
  });
  try {
    return await databaseOf(clock, orm, orm.config.get('pool').max ?? connectionsMaxDefault);
  } catch (error) {
    await orm.close(true);
    throw new CountersignError('unavailable_dependency', { cause: error });
  }
}

async function databaseOf(clock: Clock, orm: MikroORM, connectionsMax: number): Promise<Database> {
  const pool = await (
    orm.em.getConnection() as unknown as { getNativeClient(): Promise<pg.Pool> }
  ).getNativeClient();
  const answerMs = answerMsOf(pool.options.statement_timeout);
  return {
    orm,
    clock,
    pool: executorOf(clock, pool, answerMs),
    ...transactionsOf(clock, pool, connectionsMax, answerMs),
    connect: (name) => ownConnection(pool, name),
    connections: () => ({
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
      max: connectionsMax,
    }),
    async close() {
      const closing = (async () => {
        await orm.close(true);
        // Kysely ends the pool only if it has used it itself; our statements go to the pool directly.
        if (!pool.ended) await pool.end();
      })();
      // A pool waits for every connection to be given back. What asked over ours has its answer by then, or never.
      await within((answerMs ?? 0) + goodByeMs, closing, undefined);
    },
  };
}

/**
 * How long an answer is waited for: a second longer than PostgreSQL lets a statement run. A connection that is half open
 * says nothing for ever; alone, a system notices after a quarter of an hour. Without a limit there, there is none here.
 */
function answerMsOf(statementMs: unknown): number | undefined {
  return typeof statementMs === 'number' && statementMs > 0 ? statementMs + 1000 : undefined;
}

/** `Migration0001Spine` is `0001-spine`: the class name orders the list, the file has the words. */
function nameOf(className: string): string {
  const [, number = '', words = ''] = /^Migration(\d{4})(.+)$/.exec(className) ?? [];
  return `${number}-${words.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}`;
}
