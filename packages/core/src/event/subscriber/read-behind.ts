import type { Executor } from '../../database/executor.ts';
import { everyEvent } from '../filter.ts';
import type { Position } from '../position.ts';
import { readAllAfter, readNew } from '../read.ts';
import { isKnown, type EventRow } from '../row.ts';
import type { Subscription } from './subscription.ts';

/** What stands behind a place for a subscriber. */
export interface Behind {
  readonly rows: readonly EventRow[];
  /** Where to go on; null when there is nothing to go on to. */
  readonly end: Position | null;
  /** The event behind them, which is for it and of a type that is not known here. */
  readonly unknown: EventRow | null;
}

/**
 * A page ends before the first event that only a newer version knows how to read: a place that moved past it here would
 * never come back, and the event would be lost for this subscriber, though a node that knows it may be starting just now.
 * Streams and lists pass over it instead, since nobody's place moves with them.
 */
export async function readBehind(
  { types, isEager = false, firstOfUnknown = first }: Subscription,
  db: Executor,
  after: Position,
  limit: number,
): Promise<Behind> {
  if (isEager) {
    const { epoch, txid, sequence, id } = after;
    const rows = await db.query(readNew, { epoch, txid, sequence, id, limit });
    return { rows, end: rows.at(-1) ?? null, unknown: null };
  }
  const { rows, end } = await readAllAfter(db, { ...everyEvent, types }, after, limit);
  const strangers = rows.filter((row) => !isKnown(row));
  const unknown = strangers.length === 0 ? undefined : await firstOfUnknown(strangers, db);
  if (unknown === undefined) return { rows: rows.filter(isKnown), end, unknown: null };
  const before = rows.slice(0, rows.indexOf(unknown));
  return { rows: before.filter(isKnown), end: before.at(-1) ?? null, unknown };
}

async function first(rows: readonly EventRow[]): Promise<EventRow | undefined> {
  return rows[0];
}
