import { CompiledQuery, type Kysely } from 'kysely';
import type pg from 'pg';
import { CountersignError } from '../error.ts';
import type { Clock } from '../ports.ts';
import { executorOf, queryConfig, statementError, type Database, type Executor } from './executor.ts';
import { isFailedTransaction } from './failure.ts';
import { statement } from './statement.ts';

/** The caller's open transaction, in whichever of three forms it holds one. */
export type TransactionHandle = ManagerHandle | KyselyHandle | PgClient;

/** A client of `pg`, of whichever pool. */
export type PgClient = pg.ClientBase;

/** A Kysely transaction over whatever tables. */
type KyselyHandle = Pick<Kysely<unknown>, 'isTransaction' | 'executeQuery'>;

/** A MikroORM entity manager, by what is asked of it: any driver's, any version's type. */
interface ManagerHandle {
  isInTransaction(): boolean;
  getTransactionContext(): unknown;
  getDriver(): object;
}

const schemaThere = statement<object, { found: string | null }>(
  'installation_there',
  "SELECT to_regclass('countersign.installation')::text AS found",
);
const installationId = statement<object, { id: string }>(
  'installation_id',
  'SELECT id FROM countersign.installation',
);

/** Hosts' clients and drivers that were found to be in our database; they do not move. */
const known = new WeakMap<Database, WeakSet<object>>();

/**
 * Statements that run inside the caller's own transaction, so that they commit or roll back with it.
 *
 * @throws CountersignError `transaction_required` when there is no open transaction, `foreign_database` when
 * it is open in another database than ours. What PostgreSQL refuses in the caller's transaction (a serialization
 * failure under REPEATABLE READ) is `unavailable_dependency` with the driver's error as `cause`: retry the whole.
 */
export async function joinTransaction(database: Database, handle: TransactionHandle): Promise<Executor> {
  const executor = await executorIn(database.clock, handle);
  const seen = known.get(database) ?? new WeakSet();
  known.set(database, seen);
  const owner = ownerOf(handle);
  if (owner && seen.has(owner)) return executor;
  const [schema] = await executor.query(schemaThere, {});
  if (!schema?.found) throw new CountersignError('foreign_database');
  const [[there], [here]] = await Promise.all([
    executor.query(installationId, {}),
    database.pool.query(installationId, {}),
  ]);
  if (there?.id !== here?.id) throw new CountersignError('foreign_database');
  if (owner) seen.add(owner);
  return executor;
}

/** What stays when this transaction is over and belongs to one database: a client, an ORM's driver. */
function ownerOf(handle: TransactionHandle): object | null {
  if ('getDriver' in handle) return handle.getDriver();
  return 'getTransactionStatus' in handle ? handle : null;
}

async function executorIn(clock: Clock, handle: TransactionHandle): Promise<Executor> {
  if ('isInTransaction' in handle) return executorInManager(clock, handle);
  if ('isTransaction' in handle) return await executorInKysely(clock, handle);
  if ('query' in handle && 'getTransactionStatus' in handle) return executorInClient(clock, handle);
  throw new CountersignError('transaction_required');
}

function executorInManager(clock: Clock, manager: ManagerHandle): Executor {
  const transaction = manager.isInTransaction()
    ? (manager.getTransactionContext() as KyselyHandle | undefined)
    : undefined;
  if (!transaction) throw new CountersignError('transaction_required');
  if (typeof transaction.executeQuery !== 'function') throw new CountersignError('foreign_database');
  return kyselyExecutor(clock, transaction);
}

/** Kysely says of a transaction that is over that it is one; only the database knows better. */
async function executorInKysely(clock: Clock, transaction: KyselyHandle): Promise<Executor> {
  if (!transaction.isTransaction) throw new CountersignError('transaction_required');
  try {
    await transaction.executeQuery(CompiledQuery.raw('SAVEPOINT countersign'));
    await transaction.executeQuery(CompiledQuery.raw('RELEASE SAVEPOINT countersign'));
  } catch (error) {
    throw new CountersignError('transaction_required', { cause: error });
  }
  return kyselyExecutor(clock, transaction);
}

/**
 * The client knows what PostgreSQL said last. After a statement of the host's that failed it may still hold the
 * transaction for whole: the error arrives before the status behind it. Then our first statement is refused instead.
 */
function executorInClient(clock: Clock, client: pg.ClientBase): Executor {
  if (client.getTransactionStatus() !== 'T') throw new CountersignError('transaction_required');
  const { query, select } = executorOf(clock, client);
  const refuse = (error: unknown): never => {
    throw isFailedTransaction(error) ? new CountersignError('transaction_required', { cause: error }) : error;
  };
  return {
    query: (asked, parameters) => query(asked, parameters).catch(refuse),
    select: <Row>(text: string, values: readonly unknown[]) => select<Row>(text, values).catch(refuse),
  };
}

/** Kysely's driver hands `sql` to `pg` as it is, so a named, prepared statement can go through it. */
function kyselyExecutor(clock: Clock, transaction: KyselyHandle): Executor {
  const run = async <Row>({
    values,
    ...config
  }: {
    values: unknown[];
    name?: string;
    text: string;
  }): Promise<Row[]> => {
    const compiled = CompiledQuery.raw(config as unknown as string, values);
    try {
      return (await transaction.executeQuery(compiled)).rows as Row[];
    } catch (error) {
      throw statementError(error, config.name);
    }
  };
  return {
    query: (asked, parameters) => run(queryConfig(clock, asked, parameters)),
    select: (text, values) => run({ text, values: [...values] }),
  };
}
