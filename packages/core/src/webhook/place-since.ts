import type { Executor } from '../database/executor.ts';
import { CountersignError } from '../error.ts';
import { logStart, type Position } from '../event/position.ts';
import { logEnd, readNew, requireReadable } from '../event/read.ts';

/** Clocks of nodes differ, and a transaction takes a while: the log is not ordered by time to the second. */
const marginMs = 60_000;
const txidMax = 2n ** 63n - 1n;
/** Looked at behind a place: one event that is dated by a clock that was wrong decides nothing. */
const looksAt = 3;
const oldMin = 2;

/** What happened before it happened before the moment, whatever clocks say. */
export function earliestSince(since: Date): Date {
  return new Date(since.getTime() - marginMs);
}

/**
 * The last place in the log behind which there still is something that is older, so that nothing since then stands
 * before it; a transaction that was open for longer than the margin may. The log has no index by time. It rises with the
 * epochs and in each of them with the transactions, so halving finds first the epoch and then the place in it, in some
 * sixty looks at the primary key of the log or of its archive. Where that place is not kept any more, the start of the
 * log is the same.
 */
export async function placeSince(db: Executor, earliest: Date): Promise<Position> {
  const end = await logEnd(db);
  const isOldBehind = async (epoch: number, txid: bigint) => {
    const next = await db.query(readNew, { ...logStart, epoch, txid: String(txid), limit: looksAt });
    return next.filter(({ occurred_at: at }) => at < earliest).length >= oldMin;
  };
  const epochs = { from: 0n, below: BigInt(end.epoch) + 1n };
  const epoch = Number(await lastOf(epochs, async (number) => await isOldBehind(Number(number), 0n)));
  if (epoch === 0) return logStart;
  const txids = { from: 0n, below: epoch === end.epoch ? BigInt(end.txid) : txidMax };
  const txid = await lastOf(txids, async (number) => await isOldBehind(epoch, number));
  const place = { ...logStart, epoch, txid: String(txid) };
  return (await isKept(db, place)) ? place : logStart;
}

interface Numbers {
  readonly from: bigint;
  readonly below: bigint;
}

/** The greatest of these numbers for which something is so; the first one, where it is so for no other. */
async function lastOf({ from, below }: Numbers, isSo: (number: bigint) => Promise<boolean>): Promise<bigint> {
  let [last, end] = [from, below];
  while (end - last > 1n) {
    const middle = (last + end) / 2n;
    if (await isSo(middle)) last = middle;
    else end = middle;
  }
  return last;
}

async function isKept(db: Executor, place: Position): Promise<boolean> {
  try {
    await requireReadable(db, place, 'after');
    return true;
  } catch (error) {
    if (error instanceof CountersignError && error.reason === 'invalid_input') return false;
    throw error;
  }
}
