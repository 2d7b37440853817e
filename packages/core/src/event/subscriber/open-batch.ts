import type { Database } from '../../database/executor.ts';
import { createGate } from '../../database/transactions.ts';
import type { OpenBatch } from './subscription.ts';

/** Batches wait for hosts' functions: however many subscribers there are, calls find connections. */
const openAtOnceMax = 2;
const gates = new WeakMap<Database, ReturnType<typeof createGate>>();

/** A transaction of our own, for a subscriber whose host brings none. Its handle is a `pg` client. */
export function ownBatch(database: Database): OpenBatch {
  const gate = gates.get(database) ?? createGate(openAtOnceMax);
  gates.set(database, gate);
  return (run) => gate(async () => await database.transaction(async (_, client) => await run(client)));
}
