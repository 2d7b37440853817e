import type pg from 'pg';
import type { Clock } from '../ports.ts';
import { answeredWithin, executorOf, type Executor, type TransactionOptions } from './executor.ts';
import { awayError, isUnanswered } from './failure.ts';

/**
 * Transactions on the pool. At most half of its connections hold one at a time: inside a transaction an
 * attempt is reserved on another connection (it must commit by itself), so with all of them taken every
 * call would wait for one that nobody gives back.
 */
export function transactionsOf(
  clock: Clock,
  pool: pg.Pool,
  connectionsMax: number,
  answerMs: number | undefined,
) {
  const gate = createGate(Math.max(1, Math.floor(connectionsMax / 2)));
  return async function transaction<Result>(
    run: (db: Executor, client: pg.ClientBase) => Promise<Result>,
    { isLong = false }: TransactionOptions = {},
  ): Promise<Result> {
    const waitMs = isLong ? undefined : answerMs;
    const within = answeredWithin(waitMs);
    return await gate(async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw awayError(error);
      });
      let broken: Error | undefined;
      try {
        await client.query({ text: 'BEGIN ISOLATION LEVEL READ COMMITTED', ...within });
        const result = await run(executorOf(clock, client, waitMs), client);
        await client.query({ text: 'COMMIT', ...within });
        return result;
      } catch (error) {
        // Over a connection that has fallen silent, a rollback would be waited for in vain once more.
        if (isUnanswered(error)) broken = new Error('the connection is silent', { cause: error });
        else
          await client.query({ text: 'ROLLBACK', ...within }).catch((failure: unknown) => {
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
