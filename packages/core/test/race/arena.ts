import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { createTestDatabase } from '../../testing/index.ts';
import { plantTables } from '../planted/tables.ts';
import { answerOf, type Call, type Outcome, type Side } from './call.ts';
import { startCrew, type Raced } from './crew.ts';
import { openSide, type RunningSide } from './side.ts';

/** A database, four processes that attack what lives on it, and this process, which prepares and looks. */
export interface Arena extends AsyncDisposable {
  readonly sql: pg.Pool;
  readonly databaseUrl: string;
  readonly secret: string;
  /** From all processes at once. */
  race(side: Side, calls: readonly Call[], now?: number | null): Promise<Raced>;
  /** One call from here. */
  attempt(side: Side, call: Call, now?: number | null): Promise<Outcome>;
  /** One call from here; it must be taken. */
  ask<Answer>(side: Side, call: Call, now?: number | null): Promise<Answer>;
}

export const core: Side = { implementation: 'core' };

export async function openArena({ processes = 4, connections = 10 } = {}): Promise<Arena> {
  const database = await createTestDatabase();
  await plantTables(database.sql);
  const ground = { databaseUrl: database.url, secret: randomBytes(32).toString('base64'), connections };
  const crew = await startCrew(processes, ground);
  const here = new Map<string, Promise<RunningSide>>();
  async function attempt(side: Side, call: Call, now: number | null = null): Promise<Outcome> {
    const name = JSON.stringify(side);
    const opening = here.get(name) ?? openSide(side, ground);
    here.set(name, opening);
    const running = await opening;
    running.stopClock(now);
    const [outcome] = await running.run([call]);
    if (!outcome) throw new Error('a call without an outcome');
    return outcome;
  }
  return {
    sql: database.sql,
    databaseUrl: database.url,
    secret: ground.secret,
    race: (side, calls, now) => crew.race(side, calls, now),
    attempt,
    ask: async <Answer>(side: Side, call: Call, now: number | null = null) =>
      answerOf<Answer>(await attempt(side, call, now)),
    async [Symbol.asyncDispose]() {
      await crew[Symbol.asyncDispose]();
      for (const running of here.values()) await (await running).close();
      await database[Symbol.asyncDispose]();
    },
  };
}
