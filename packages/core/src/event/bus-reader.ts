import type { Logger } from '../ports.ts';
import { within } from '../within.ts';
import type { BusMessages } from './bus-message.ts';
import type { BusMessage, EventBus } from './bus.ts';
import { isBefore, parsePosition, type Position } from './position.ts';
import type { EventRow } from './row.ts';
import { newIn } from './stretch.ts';

/** A bus, and what its messages say. */
export interface HeardBus {
  readonly bus: EventBus;
  readonly messages: Pick<BusMessages, 'read'>;
}

/** What a reader has got from its bus since it began. */
export interface BusFigures {
  /** Events that were told as they came from the bus. */
  readonly told: number;
  /** Messages that came after something that has not come. */
  readonly gaps: number;
  /** Messages that cannot be opened here. */
  readonly ignored: number;
}

/** A bus that does not let go is left as it is. */
const leaveMs = 1000;

interface Reader {
  readonly place: Position;
  /** These come next, right behind the place. */
  told(rows: readonly EventRow[]): void;
  /** There is something in the database that the bus has not told, or there may be. */
  look(): void;
}

/** The part of a reader of the log that listens to a bus, and takes from it only what fits. */
export interface BusReader {
  /** Whether the bus can be heard now: then what it does not tell is asked for once a second. */
  readonly isHeard: boolean;
  readonly figures: BusFigures;
  close(): Promise<void>;
}

export function listenToBus({ bus, messages }: HeardBus, reader: Reader, logger: Logger): BusReader {
  const figures = { told: 0, gaps: 0, ignored: 0 };
  let isListening = false;
  let isAway = false;
  let closed = false;

  function received(batch: readonly BusMessage[]): void {
    if (closed) return;
    const rows: EventRow[] = [];
    let place = reader.place;
    let isGap = false;
    for (const message of batch) {
      const news = newsOf(message, place);
      if (news === null) figures.gaps += 1;
      isGap ||= news === null;
      for (const row of news ?? []) {
        rows.push(row);
        place = row;
      }
    }
    figures.told += rows.length;
    if (rows.length > 0) reader.told(rows);
    if (isGap) reader.look();
  }

  /**
   * Null: a gap. What is old is not even opened; and nothing is made of what does not open, so that who writes to the bus
   * without our secret does not make us ask the database.
   */
  function newsOf(message: BusMessage, place: Position): readonly EventRow[] | null {
    const at = parsePosition(message.id);
    const after = parsePosition(message.after);
    if (at === null || after === null) return ignore();
    if (!isBefore(place, at)) return [];
    const row = messages.read(message);
    return row === null ? ignore() : newIn({ after, rows: [row] }, place);
  }

  function ignore(): readonly EventRow[] {
    if (figures.ignored === 0)
      logger.warn(
        {},
        'the bus carries messages of another installation, secret or version; they are ignored',
      );
    figures.ignored += 1;
    return [];
  }

  const listening = bus
    .listen({
      received,
      away(cause) {
        if (closed) return;
        isAway = true;
        logger.warn({ cause }, 'the bus is away; streams are fed from the database');
        reader.look();
      },
      back() {
        if (closed) return;
        // Who was told that it is away is told that this is over, at the same level.
        logger[isAway ? 'warn' : 'info']({}, 'streams are fed from the bus');
        isAway = false;
        reader.look();
      },
    })
    .then(
      (leave) => {
        isListening = true;
        if (!closed) reader.look();
        return leave;
      },
      (cause: unknown) => {
        logger.error({ cause }, 'the bus cannot be listened to; streams are fed from the database');
        return null;
      },
    );

  return {
    get isHeard() {
      return isListening && !closed && bus.isConnected;
    },
    figures,
    async close() {
      closed = true;
      await within(
        leaveMs,
        listening.then(async (leave) => await leave?.()).catch(() => undefined),
        undefined,
      );
    },
  };
}
