import type { CoreContext } from '../context.ts';
import { invalidInput } from '../error.ts';
import { parseInput } from '../parse.ts';
import { requireParty } from '../permission.ts';
import type { EventView } from './catalog.ts';
import { openFeed, type Feed } from './feed.ts';
import { audienceOf, filterOf, type LogFilter } from './filter.ts';
import type { LogReader } from './log-reader.ts';
import { isBefore, logStart, parsePosition, type Position } from './position.ts';
import { logEnd, readAfter, requireReadable } from './read.ts';
import { sharedViewOf } from './row.ts';
import { eventStreamInput, type EventStreamInput } from './schema.ts';

export interface StreamOptions {
  /** Ends the stream: its reader has gone, or what entitled it has. */
  readonly signal?: AbortSignal | undefined;
}

/** A stream holds one page at most; the rest waits in the database until it is asked for. */
const pageSize = 50;

/**
 * The log as it is written, for ever: what `event.list` shows this actor, in the same order, each event once.
 * It begins at the present end of the log, at its start, or after `lastEventId`, which an event or a cursor of
 * `event.list` gave; nothing that commits after the answer is missed. It ends when its signal aborts or core
 * is closed. Whoever was cut off goes on after the last event it has; who must miss nothing before its first event
 * begins at a cursor of `event.list`.
 *
 * @example
 * ```ts
 * for await (const event of await core.event.stream(context, { types: ['authorization_request.granted'] })) …
 * ```
 * @throws CountersignError `invalid_input` for a `lastEventId` that is none; the stream itself throws it with the issue
 * `cursor_out_of_retention` or `cursor_ahead_of_log` for one from which the log cannot be read any more.
 */
export async function streamEvents(
  context: CoreContext,
  reader: LogReader,
  input: EventStreamInput,
  { signal }: StreamOptions = {},
): Promise<AsyncIterable<EventView>> {
  const parsed = parseInput(eventStreamInput, input);
  requireParty(context.actor);
  const given = parsed.lastEventId === undefined ? undefined : parsePosition(parsed.lastEventId);
  if (given === null) throw invalidInput(['lastEventId'], 'must be the id of an event or a cursor');
  const filter = filterOf(context.actor, parsed);
  // Attached before anything is read: what is committed in between is told, or stands in the page.
  const feed = openFeed(reader, filter, signal);
  try {
    const place = given ?? (parsed.from === 'start' ? logStart : await logEnd(context.database.pool));
    return followFrom(place, feed, context, filter);
  } catch (error) {
    feed.close();
    throw error;
  }
}

async function* followFrom(
  start: Position,
  feed: Feed,
  context: CoreContext,
  filter: LogFilter | null,
): AsyncGenerator<EventView, void> {
  const audience = audienceOf(context.actor);
  let place = start;
  let isKnownToBeThere = false;
  try {
    while (!feed.isOver) {
      if (isBefore(place, feed.since)) {
        const { rows, end } = await readAfter(context.database.pool, filter, place, pageSize, 'lastEventId');
        for (const row of rows) {
          if (feed.isOver) return;
          yield sharedViewOf(row, audience);
        }
        // Nothing after the place: all there was until the feed began has been read.
        place = end ?? feed.since;
        isKnownToBeThere = true;
        continue;
      }
      const row = await feed.next();
      if (row === undefined) continue;
      if (!isBefore(place, row)) {
        // This process is behind the one that gave the place, or the place is of a log that is gone.
        if (!isKnownToBeThere && isBefore(row, place))
          await requireReadable(context.database.pool, place, 'lastEventId');
        isKnownToBeThere = true;
        continue;
      }
      place = row;
      yield sharedViewOf(row, audience);
    }
  } finally {
    feed.close();
  }
}
