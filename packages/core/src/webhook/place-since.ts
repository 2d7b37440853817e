import type { Executor } from '../database/executor.ts';
import { CountersignError } from '../error.ts';
import type { LogFilter } from '../event/filter.ts';
import { logStart, type Position } from '../event/position.ts';
import { logEnd, readAfter } from '../event/read.ts';

export const everyEvent: LogFilter = {
  subjectId: null,
  aboutId: null,
  types: null,
  slug: null,
  everySession: true,
  sessionId: null,
};

const nil = '00000000-0000-0000-0000-000000000000';
/** Clocks of nodes differ, and a transaction takes a while: the log is not ordered by time to the second. */
const marginMs = 60_000;

/**
 * A place in the log before which nothing happened since a moment. The log has no index by time; it rises with the
 * transactions, so halving finds the place in some forty looks at its primary key. What an earlier epoch holds is read
 * from its beginning.
 */
export async function placeSince(db: Executor, since: Date): Promise<Position> {
  const moment = since.getTime() - marginMs;
  const { epoch, txid } = await logEnd(db);
  let [before, at] = [0n, BigInt(txid)];
  while (at - before > 1n) {
    const middle = (before + at) / 2n;
    if (await isBehind(db, { epoch, txid: String(middle), sequence: 0, id: nil }, moment)) at = middle;
    else before = middle;
  }
  return at <= 1n ? logStart : { epoch, txid: String(at), sequence: 0, id: nil };
}

/** Whether the first event behind a place happened at the moment or later, or there is none. */
async function isBehind(db: Executor, place: Position, moment: number): Promise<boolean> {
  const { rows, end } = await readAfter(db, everyEvent, place, 1).catch(unlessPruned);
  const [first] = rows;
  if (end === null) return true;
  return first === undefined || first.occurred_at.getTime() >= moment;
}

/** What is not kept any more is older than what is. */
function unlessPruned(error: unknown) {
  if (!(error instanceof CountersignError) || error.reason !== 'invalid_input') throw error;
  return { rows: [{ occurred_at: new Date(Number.NEGATIVE_INFINITY) }], end: logStart };
}
