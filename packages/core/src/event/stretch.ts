import { isBefore, type Position } from './position.ts';
import type { EventRow } from './row.ts';

/** A part of the log as somebody has read it: nothing stands between `after` and the first row, nor between the rows. */
export interface Stretch {
  readonly after: Position;
  readonly rows: readonly EventRow[];
}

/**
 * What a stretch tells a reader that has been told everything up to `place`. Null when it begins beyond: then there is
 * something in between, and it stands in the database. Whatever is lost, repeated, late or out of order on its way, who
 * adds only this to what it knows has every event once, in order.
 */
export function newIn({ after, rows }: Stretch, place: Position): readonly EventRow[] | null {
  if (isBefore(place, after)) return null;
  return rows.filter((row) => isBefore(place, row));
}
