import type { CoreContext } from '../context.ts';
import type { Executor } from '../database/executor.ts';
import { lockConfigurations } from './statement/lock.ts';

/**
 * Runs a change in a transaction in which nobody else changes what is configured, on any node: what it reads is so
 * until it commits. Of two that make a default at once the second sees the first, and takes it over.
 */
export async function oneAfterAnother<Result>(
  { db, database }: Pick<CoreContext, 'db' | 'database'>,
  change: (db: Executor) => Promise<Result>,
): Promise<Result> {
  const alone = async (transaction: Executor) => {
    await transaction.query(lockConfigurations, {});
    return await change(transaction);
  };
  return db === database.pool ? await database.transaction(alone) : await alone(db);
}
