import type pg from 'pg';
import type { Clock } from '../ports.ts';
import { answeredWithin, executorOf, type Database, type InTransaction } from './executor.ts';
import { awayError, isReadOnly, isUnanswered } from './failure.ts';

/** Thrown inside of a transaction: its connection is given up, whatever is still going on over it. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}

/**
 * Transactions on the pool. At most half of its connections hold one at a time: inside a transaction an
 * attempt is reserved on another connection (it must commit by itself), so with all of them taken every
 * call would wait for one that nobody gives back. Batches wait for hosts' functions, which make calls: they
 * have places of their own, so that neither waits for the other.
 */
export function transactionsOf(
  clock: Clock,
  pool: pg.Pool,
  connectionsMax: number,
  answerMs: number | undefined,
): Pick<Database, 'transaction' | 'batch'> {
  const gates = {
    calls: createGate(Math.max(1, Math.floor(connectionsMax / 2))),
    hosts: createGate(Math.max(1, Math.floor(connectionsMax / 5))),
    ours: createGate(1),
  };

  async function inTransaction<Result>(run: InTransaction<Result>): Promise<Result> {
    const within = answeredWithin(answerMs);
    const client = await pool.connect().catch((error: unknown) => {
      throw awayError(error);
    });
    let broken: Error | undefined;
    try {
      await client.query({ text: 'BEGIN ISOLATION LEVEL READ COMMITTED', ...within });
      const result = await run(executorOf(clock, client, answerMs), client);
      await client.query({ text: 'COMMIT', ...within });
      return result;
    } catch (error) {
      // Over a connection that has fallen silent, a rollback would be waited for in vain once more.
      if (isUnanswered(error)) broken = new Error('the connection is silent', { cause: error });
      else if (error instanceof Abandoned) broken = error;
      // The next connection may find the new primary.
      else if (isReadOnly(error)) broken = new Error('the database takes no writes', { cause: error });
      else
        await client.query({ text: 'ROLLBACK', ...within }).catch((failure: unknown) => {
          broken = failure instanceof Error ? failure : new Error('rollback failed');
        });
      throw awayError(error);
    } finally {
      client.release(broken);
    }
  }

  return {
    transaction: (run) => gates.calls(() => inTransaction(run)),
    batch: (of, run) => gates[of](() => inTransaction(run)),
  };
}

/** Lets so many run at a time; the others wait in the order they came. */
function createGate(runningMax: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async function enter<Result>(run: () => Promise<Result>): Promise<Result> {
    if (running >= runningMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
