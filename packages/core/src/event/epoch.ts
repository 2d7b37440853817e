import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { executorOf, type Database, type Executor } from '../database/executor.ts';
import { isLockTimeout } from '../database/failure.ts';
import { statement } from '../database/statement.ts';

/** Events that stand where no transaction of this cluster has been yet: they were written in another one. */
const isAhead = /* sql */ `(
  EXISTS (SELECT FROM countersign.event e WHERE e.epoch = i.epoch AND e.txid >= pg_snapshot_xmax(pg_current_snapshot()))
  OR ((i.archived_until).epoch = i.epoch AND (i.archived_until).txid >= pg_snapshot_xmax(pg_current_snapshot())))`;

interface Look {
  readonly epoch: number;
  /** Some rows stand ahead of the cluster's transactions. */
  readonly is_ahead: boolean;
  /** It is another cluster than the one in which the epoch began, or another timeline of it. */
  readonly is_elsewhere: boolean;
  readonly is_unknown: boolean;
}

const look = statement<object, Look>(
  'epoch_look',
  /* sql */ `
SELECT i.epoch, ${isAhead} AS is_ahead, coalesce(i.history <> now.history, false) AS is_elsewhere,
  i.history IS NULL AND now.history IS NOT NULL AS is_unknown
FROM countersign.installation i, (SELECT countersign.database_history() AS history) AS now`,
);

const noteHistory = statement<object, object>(
  'epoch_note_history',
  'UPDATE countersign.installation SET history = countersign.database_history() WHERE history IS NULL',
);

/**
 * Whoever has written into the log commits first, and whoever is about to waits, and then finds the new epoch: its
 * statement looks at the data once it has this table. Before the row of the installation, as everybody takes them.
 */
const stopWriters = statement<object, object>(
  'epoch_stop_writers',
  'LOCK TABLE countersign.event IN SHARE ROW EXCLUSIVE MODE',
);

const lockPatience = statement<{ readonly milliseconds: string }, object>(
  'epoch_lock_patience',
  `SELECT set_config('lock_timeout', :milliseconds::text, true)`,
);

const patience = statement<{ readonly milliseconds: string }, object>(
  'epoch_patience',
  `SELECT set_config('statement_timeout', :milliseconds::text, true)`,
);

const raiseEpoch = statement<object, { epoch: number }>(
  'epoch_raise',
  `UPDATE countersign.installation SET epoch = epoch + 1, history = countersign.database_history() RETURNING epoch`,
);

const ahead = `event_txid >= pg_snapshot_xmax(pg_current_snapshot())`;
/** Places in the old epoch mean nothing in the new one; only what can still have events needs a new place. */
const forgetPlaces = [
  `authorization_request SET event_txid = '0'
   WHERE ${ahead} AND (state = 'waiting' OR attempts_open > 0 OR (state = 'granted' AND consumed_at IS NULL))`,
  `confirmation SET event_txid = '0' WHERE ${ahead} AND (state IN ('open', 'confirmed') OR attempts_open > 0)`,
  `factor SET event_txid = '0' WHERE ${ahead} AND removed_at IS NULL`,
  `scoped_token SET event_txid = '0' WHERE ${ahead}`,
  `subject_security SET event_txid = '0' WHERE ${ahead}`,
  `webhook_endpoint SET event_txid = '0' WHERE ${ahead}`,
].map((update) =>
  statement<object, object>(`epoch_forget_${update.split(' ')[0]}`, `UPDATE countersign.${update}`),
);

/** How long writers may be kept waiting for those before them, and how often that is tried. */
const lockMilliseconds = 500;
const triesMax = 10;
const pauseMs = 250;
/**
 * After a restore every row that can still have events is touched once; that may take longer than a call may, and not
 * for ever: over a connection that has fallen silent nothing would come.
 */
const forgetMs = 600_000;
const answerMs = 1000;

/**
 * The log is ordered by (epoch, transaction, id), and a number of a transaction means something in the history of one
 * cluster only. After a restore into another cluster, a recovery to a point in time or the promotion of a standby the
 * numbers may begin anew below those that are stored, or that readers have. Then the epoch rises, so that what is
 * written from now on comes after all that was written before (docs/adr/0031). Asked at the start, and by the sweep.
 *
 * @returns the epoch that holds.
 */
export async function establishEpoch(database: Database): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    const found = await readLook(database.pool);
    if (found.is_unknown) await database.pool.query(noteHistory, {});
    if (!mustRise(found)) return found.epoch;
    try {
      return await database.transaction((db, client) => raise(database, db, client));
    } catch (error) {
      if (tries === triesMax || !isLockTimeout(error)) throw error;
      await sleep(pauseMs);
    }
  }
}

async function raise({ clock }: Database, db: Executor, client: pg.ClientBase): Promise<number> {
  await db.query(lockPatience, { milliseconds: String(lockMilliseconds) });
  await db.query(stopWriters, {});
  // Another node may have been first.
  const found = await readLook(db);
  if (!mustRise(found)) return found.epoch;
  const [raised] = await db.query(raiseEpoch, {});
  if (found.is_ahead) {
    await db.query(patience, { milliseconds: String(forgetMs) });
    const patient = executorOf(clock, client, forgetMs + answerMs);
    for (const forget of forgetPlaces) await patient.query(forget, {});
  }
  return raised?.epoch ?? found.epoch;
}

function mustRise(found: Look): boolean {
  return found.is_ahead || found.is_elsewhere;
}

async function readLook(db: Executor): Promise<Look> {
  const [found] = await db.query(look, {});
  if (!found) throw new Error('the installation row is missing');
  return found;
}
