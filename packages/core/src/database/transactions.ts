import type pg from 'pg';
import type { Clock } from '../ports.ts';
import { executorOf, type Executor } from './executor.ts';
import { awayError } from './failure.ts';

/**
 * Transactions on the pool. At most half of its connections hold one at a time: inside a transaction an
 * attempt is reserved on another connection (it must commit by itself), so with all of them taken every
 * call would wait for one that nobody gives back.
 */
export function transactionsOf(clock: Clock, pool: pg.Pool, connectionsMax: number) {
  const gate = createGate(Math.max(1, Math.floor(connectionsMax / 2)));
  return async function transaction<Result>(
    run: (db: Executor, client: pg.ClientBase) => Promise<Result>,
  ): Promise<Result> {
    return await gate(async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw awayError(error);
      });
      let broken: Error | undefined;
      try {
        await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
        const result = await run(executorOf(clock, client), client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        await client.query('ROLLBACK').catch((failure: unknown) => {
          broken = failure instanceof Error ? failure : new Error('rollback failed');
        });
        throw awayError(error);
      } finally {
        client.release(broken);
      }
    });
  };
}

/** Lets so many run at a time; the others wait in the order they came. */
export function createGate(runningMax: number) {
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
