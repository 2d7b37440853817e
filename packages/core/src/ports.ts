/**
 * What the domain needs from the world. Everything else in core is a function of these and of the
 * database, so a test can hold time still and a proof can be replayed from its seed.
 */

/** The time, as milliseconds since 1970 UTC. */
export interface Clock {
  now(): Date;
  /**
   * Only of a clock that a test moves: then it alone says what is over. Any other is held against the database's before
   * something is deleted.
   */
  readonly isMovedByHand?: true;
}

/** Unpredictable bytes; in production the operating system's generator, never anything else. */
export interface Randomness {
  bytes(length: number): Uint8Array;
  /** A whole number, uniform in `[0, limit)`, without modulo bias. `limit` at most 2^47. */
  integer(limit: number): number;
}

/** Makes UUID version 7 identifiers (RFC 9562 §5.7), rising within one process. */
export interface Ids {
  uuid(): string;
}

/** Where core says what an operator must see. Never receives a secret. */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** A message on its way to a person. `code` is inside `text` too; it is given for templates. */
export interface OutgoingMessage {
  readonly to: string;
  /** `email`, `sms`, or a channel that a method of your own has. */
  readonly channel: string;
  readonly text: string;
  readonly code: string;
  /** The request the code belongs to, as its owner sees it. */
  readonly request: unknown;
  readonly context: unknown;
  /** Equal when the same message is handed over again; pass it to the carrier to avoid a second copy. */
  readonly idempotencyKey: string;
}

/** Hands a message to a carrier. Called after the commit; has 5 s; a rejection is `delivery_failed`. */
export type Send = (message: OutgoingMessage) => Promise<void>;
