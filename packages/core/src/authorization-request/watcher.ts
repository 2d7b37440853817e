import { BoundedQueue } from '../bounded-queue.ts';
import type { Position } from '../event/position.ts';
import type { EventRow } from '../event/row.ts';
import { endAfter, over } from './watch-end.ts';

/** A request has some twenty events in all its life; who reads none of them keeps no more than this. */
export const queuedMax = 32;

/** An event of one request: its number, and where it stands in the log. */
export type Known = Omit<Position, 'id'>;

const nothing: Known = { epoch: 0, txid: '0', sequence: 0 };

/** One reader of one request: what it knows, what it has still to take, and when it is over. */
export class Watcher {
  /** UUID of the request. */
  readonly uuid: string;
  readonly #queue = new BoundedQueue<EventRow>(queuedMax);
  /** The newest that was queued; null before it has begun. */
  #known: Known | null = null;
  #endsAt = over;

  constructor(uuid: string) {
    this.uuid = uuid;
  }

  /** From here on it is told what comes after `known`, until `endsAt` has passed. */
  begin(known: Known, endsAt: Date): void {
    this.#known = known;
    this.#endsAt = endsAt;
  }

  get known(): Known {
    return this.#known ?? nothing;
  }

  /** Whether it wants to be told anything now. */
  get isAsking(): boolean {
    return this.#known !== null && !this.#queue.isFull && !this.#queue.isOver;
  }

  get isOver(): boolean {
    return this.#queue.isOver;
  }

  /** Two questions at the same time have the same answers: what is known already is passed over. */
  tell(row: EventRow): void {
    if (row.sequence <= this.known.sequence || !this.#queue.offer(row)) return;
    this.#known = { epoch: row.epoch, txid: row.txid, sequence: row.sequence };
    const endsAt = endAfter(row);
    this.#endsAt = endsAt ?? this.#endsAt;
    if (endsAt === over) this.#queue.end();
  }

  /** It was told all that was committed until then. */
  toldUntil(moment: Date): void {
    if (this.isAsking && this.#endsAt <= moment) this.#queue.end();
  }

  /** The next event; undefined when the watch is over. */
  next(): Promise<EventRow | undefined> {
    return this.#queue.take();
  }

  abandon(): void {
    this.#queue.abandon();
  }
}
