import { exhaustRequests } from '../authorization-request/statement/exhaust.ts';
import { expireRequests } from '../authorization-request/statement/expire.ts';
import type { CoreServices } from '../context.ts';
import { statement } from '../database/statement.ts';
import { forgetKeys } from '../idempotency/statement.ts';

const takeSweep = statement<object, { taken: boolean; swept_until: Date | number }>(
  'sweep_take',
  `SELECT pg_try_advisory_xact_lock(7261943002) AS taken,
     CASE WHEN swept_until = '-infinity' THEN to_timestamp(0) ELSE swept_until END AS swept_until
   FROM countersign.installation`,
);
const noteSwept = statement<{ readonly sweptUntil: Date }, { epoch: number }>(
  'sweep_note',
  'UPDATE countersign.installation SET swept_until = :sweptUntil::timestamptz RETURNING epoch',
);

const batchSizeMax = 500;
/** Clocks of nodes differ a little, and a transaction that creates a request takes a while. */
const overlapMs = 60_000;

/**
 * Writes down what time has decided: expired requests, and those that a crash left without attempts. One
 * process at a time, by an advisory lock. It makes events, never answers: with the sweep off, every answer
 * is the same (I10).
 *
 * @returns how many requests it decided; null when another process is sweeping.
 */
export async function sweep(services: CoreServices): Promise<number | null> {
  const decided = await services.database.transaction(async (db) => {
    const [state] = await db.query(takeSweep, {});
    if (!state?.taken) return null;
    const now = services.clock.now();
    const from = Math.min(new Date(state.swept_until).getTime(), now.getTime()) - overlapMs;
    const told = { now, epoch: services.epoch, eventContext: null, by: 'system' };
    const expired = await db.query(expireRequests, { ...told, sweptUntil: new Date(from), batchSizeMax });
    const attemptedBefore = new Date(now.getTime() - services.limits.attemptSecondsMax * 1000);
    const exhausted = await db.query(exhaustRequests, { ...told, attemptedBefore, batchSizeMax });
    await db.query(forgetKeys, { now });
    if (expired.length < batchSizeMax) await db.query(noteSwept, { sweptUntil: now });
    return expired.length + exhausted.length;
  });
  if (decided) services.wake();
  return decided;
}
