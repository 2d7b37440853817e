import type { Database, Executor } from '../../database/executor.ts';
import { joinTransaction, type TransactionHandle } from '../../database/transaction.ts';
import type { Subscription } from './subscription.ts';

/** Runs a batch in a transaction, and commits when it resolves. */
type OpenTransaction = <Result>(
  run: (db: Executor, tx: TransactionHandle, additions: object) => Promise<Result>,
) => Promise<Result>;

/**
 * The transaction of a batch: the host's, or one of our own, whose handle is a `pg` client. Over ours no answer is waited
 * for that does not come; a host's connection is the host's to give up.
 */
export function batchOpener(
  database: Database,
  { name, transaction }: Pick<Subscription, 'name' | 'transaction'>,
): OpenTransaction {
  if (transaction !== undefined)
    return async (run) =>
      await transaction(
        async (tx, additions = {}) => await run(await joinTransaction(database, tx), tx, additions),
      );
  const of = name.startsWith('countersign.') ? 'ours' : 'hosts';
  return async (run) => await database.batch(of, async (db, client) => await run(db, client, {}));
}
