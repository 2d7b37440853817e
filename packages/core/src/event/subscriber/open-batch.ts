import type { Database } from '../../database/executor.ts';
import type { OpenBatch } from './subscription.ts';

/** A transaction of our own, for a subscriber whose host brings none. Its handle is a `pg` client. */
export function ownBatch(database: Database, name: string): OpenBatch {
  const of = name.startsWith('countersign.') ? 'ours' : 'hosts';
  return async (run) => await database.batch(of, async (_, client) => await run(client));
}
