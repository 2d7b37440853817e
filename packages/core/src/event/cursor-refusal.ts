import { invalidInput } from '../error.ts';

/** Why the log cannot be read from a place: asked in the statement that reads it. */
export interface CursorFlags {
  /** Something that stood after it is not kept any more. */
  readonly is_pruned: boolean;
  /** No event can have stood there yet. */
  readonly is_ahead: boolean;
}

/** Where a caller names a place. */
export type CursorField = 'after' | 'lastEventId';

/**
 * A reader that would miss events, or wait for ever, is told so and how to begin again: what stood between its place and
 * the oldest event that is kept is gone, or the log that gave the place was replaced by an older copy of itself.
 */
export function refuseCursor(flags: CursorFlags | undefined, field: CursorField): void {
  if (flags?.is_pruned)
    throw invalidInput(
      [field],
      "is older than the oldest event that is kept; begin again with from: 'start', at that event, or from: 'now'",
      'cursor_out_of_retention',
    );
  if (flags?.is_ahead)
    throw invalidInput(
      [field],
      "is ahead of the log, which was restored to an earlier state; begin again with from: 'start' or from: 'now'",
      'cursor_ahead_of_log',
    );
}
