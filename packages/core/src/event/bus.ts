/**
 * Carries the log from the one node that reads it to all nodes, so that many of them do not all ask the database. It is
 * never the truth: it may lose, repeat, delay or reorder, and may be away. Each message says which event stood before
 * its own, so a reader sees a gap and reads it from the database (docs/adr/0028).
 */
export interface EventBus {
  /** Resolves when the bus has kept them all; the same message twice is kept once, by its `id`. */
  publish(messages: readonly BusMessage[]): Promise<void>;
  /** From now on, until the remover is called. */
  listen(listener: BusListener): Promise<() => Promise<void>>;
  /** Whether it can be reached now, for health and metrics. */
  readonly isConnected: boolean;
  close(): Promise<void>;
}

export interface BusListener {
  /** As they come in, in whatever order the bus keeps. */
  received(messages: readonly BusMessage[]): void;
  /** What was sent meanwhile may be lost: nothing is heard until {@link back}. */
  away(cause?: unknown): void;
  back(): void;
}

export interface BusMessage {
  /** The event's public id, `evt_…`. */
  readonly id: string;
  /** The id of the place up to which the relay had told everything before: nothing stands in the log in between. */
  readonly after: string;
  /** The row of the event, sealed (event/bus-message.ts): who reads the bus reads nothing, who writes to it tells nobody anything. */
  readonly row: string;
}
