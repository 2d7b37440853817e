import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { expect } from 'vitest';
import { z } from 'zod';
import type { CoreOptions } from '../../src/core.ts';
import { defineMethod } from '../../src/method/define.ts';
import { openTestCore, type TestCore } from '../../testing/index.ts';

const proof = z.strictObject({ word: z.string().max(20) });
const secret = 'open sesame';

export const right = { word: secret };
export const wrong = { word: 'open barley' };

/** Core with one method that proves by a word it has sent, and one by which a factor proves, each time by the same mark. */
export interface LateCore extends TestCore {
  /**
   * Runs calls that all come to wait for rows which somebody else has: from the start, or once their methods were asked.
   * More than half a second later, and later on the clock, that transaction rolls back.
   */
  overtaken(
    rows: string,
    calls: readonly (() => Promise<unknown>)[],
    since?: 'the start' | 'the methods',
  ): Promise<PromiseSettledResult<unknown>[]>;
  /**
   * Runs calls that all come to wait for a connection, since this process has all of its own in use: from the start, or
   * once their methods were asked. They are free again more than half a second later on the clock.
   */
  queued(
    calls: readonly (() => Promise<unknown>)[],
    since?: 'the start' | 'the methods',
  ): Promise<PromiseSettledResult<unknown>[]>;
}

export async function openLateCore(options: Partial<CoreOptions> = {}): Promise<LateCore> {
  let asked: (() => Promise<void>) | null = null;
  const byWord = defineMethod({
    key: 'word',
    title: 'A word',
    binding: 'none',
    proof,
    factor: z.strictObject({}),
    reach: () => ({ recipient: null }),
    async issue() {
      await asked?.();
      return { secret };
    },
    async verify(given) {
      await asked?.();
      return { valid: given.matches(given.proof.word) };
    },
  });
  const byCard = defineMethod({
    key: 'card',
    title: 'A card',
    binding: 'none',
    proof,
    provesBy: 'factor',
    needsChallenge: false,
    factor: z.strictObject({}),
    issue: () => ({}),
    async verify(given) {
      await asked?.();
      return given.proof.word === secret ? { valid: true, mark: 'shown' } : { valid: false };
    },
  });
  const test = await openTestCore({ methods: [byWord, byCard], ...options });
  /** Starts the calls; `hold` happens before, or while the last of their methods is being asked. */
  const start = async (
    calls: readonly (() => Promise<unknown>)[],
    since: 'the start' | 'the methods',
    hold: () => Promise<void>,
  ) => {
    const held = Promise.withResolvers<void>();
    let answering = 0;
    asked = async () => {
      answering += 1;
      if (answering === calls.length) held.resolve(hold());
      await held.promise;
    };
    if (since === 'the start') {
      await hold();
      asked = null;
    }
    const answers = Promise.allSettled(calls.map((call) => call()));
    if (since === 'the methods') await held.promise;
    return { answers };
  };
  return {
    ...test,
    async overtaken(rows, calls, since = 'the start') {
      const holder = await test.database.sql.connect();
      const { answers } = await start(calls, since, async () => {
        await holder.query('BEGIN');
        await holder.query(`SELECT FROM countersign.${rows} FOR UPDATE`);
      });
      try {
        await untilWaiting(test.database.sql, calls.length);
        await holder.query('SELECT pg_sleep(0.6)');
        test.clock.advance(0.6); // It stands still by itself; what the statements were told is older.
      } finally {
        await holder.query('ROLLBACK');
        holder.release();
      }
      return await answers;
    },
    async queued(calls, since = 'the start') {
      const pool = await poolOf(test);
      const { max } = pool.options;
      const taken: pg.PoolClient[] = [];
      await test.service.methodConfigurations.current(); // Known now, so no call waits for that.
      const { answers } = await start(calls, since, async () => {
        pool.options.max = Math.max(pool.totalCount, 1);
        while (taken.length < pool.options.max) taken.push(await pool.connect());
      });
      try {
        await expect
          .poll(() => pool.waitingCount, { timeout: 1500, interval: 5 })
          .toBeGreaterThanOrEqual(calls.length);
        await nextTurn(); // What else waits there may have been counted.
        test.clock.advance(0.6);
      } finally {
        pool.options.max = max;
        for (const client of taken) client.release();
      }
      return await answers;
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  };
}

/** The connections that core's own statements go by. */
async function poolOf({ service }: TestCore): Promise<pg.Pool> {
  const connection = service.database.orm.em.getConnection() as unknown as {
    getNativeClient(): Promise<pg.Pool>;
  };
  return await connection.getNativeClient();
}

/** Until so many transactions of this database wait for a row. Asked outside of one: within one the list stands still. */
async function untilWaiting(sql: pg.Pool, count: number): Promise<void> {
  const text = `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  const waiting = async () => (await sql.query<{ waiting: number }>(text)).rows[0]?.waiting;
  await expect.poll(waiting, { timeout: 1500, interval: 10 }).toBe(count);
}

/** What each call must have come to. */
export function refusedAs(reason: string) {
  return { status: 'rejected', reason: { name: 'CountersignError', reason } };
}
