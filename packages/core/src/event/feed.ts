import { BoundedQueue } from '../bounded-queue.ts';
import { matches, type LogFilter } from './filter.ts';
import type { LogReader } from './log-reader.ts';
import type { Position } from './position.ts';
import { isKnown, type EventRow } from './row.ts';

/** Room for what a burst of commits brings at once; what is more is read from the database. */
const queuedMax = 128;

/**
 * What is new for one stream. A stream that is slower than the log fills its queue; from then on it is told
 * nothing, and reads on from the database once it has emptied it. So a stream that nobody reads costs some
 * references to rows that all streams share, however long it stands still.
 */
export interface Feed {
  /** What the log told after this place is in the queue, or was taken from it. */
  readonly since: Position;
  /** The next row; undefined when {@link since} has moved on, or when it is over. */
  next(): Promise<EventRow | undefined>;
  readonly isOver: boolean;
  close(): void;
}

/** Follows from now on, until the signal aborts or the reader is closed. */
export function openFeed(reader: LogReader, filter: LogFilter | null, signal: AbortSignal | undefined): Feed {
  const queue = new BoundedQueue<EventRow>(queuedMax);
  let since = reader.place;
  let isFull = false;
  const leave = reader.follow({
    subjectId: filter?.subjectId ?? null,
    told(rows) {
      if (isFull || filter === null) return;
      isFull = !rows.every((row) => !matches(row, filter) || !isKnown(row) || queue.offer(row));
    },
    ended: () => queue.abandon(),
  });
  if (signal?.aborted) close();
  else signal?.addEventListener('abort', close, { once: true });

  function close(): void {
    queue.abandon();
    leave();
    signal?.removeEventListener('abort', close);
  }

  return {
    get since() {
      return since;
    },
    get isOver() {
      return queue.isOver;
    },
    async next() {
      if (!isFull || !queue.isEmpty) return await queue.take();
      since = reader.place;
      isFull = false;
      return undefined;
    },
    close,
  };
}
