import type { DatabaseOptions, EventView, Logger, Send } from '@countersign/core';
import type { Countersign } from '../countersign.ts';
import type { CountersignOptions } from '../options.ts';

/**
 * An application that `countersign dev --demo <module>` opens beside the server, on the same port and database: what the
 * module exports as `demo`.
 *
 * @example
 * ```ts
 * export const demo: Demo = {
 *   settings: { issuer: 'Acme Bank', audience: 'bank.example', operations: { transfer } },
 *   open: async ({ cs, database, url }) => await openBank(cs, database, url),
 * };
 * ```
 */
export interface Demo {
  /** Options of `createCountersign`, where the environment, the command line and a configuration file say nothing else. */
  readonly settings: Partial<
    Pick<CountersignOptions, 'issuer' | 'audience' | 'operations' | 'limits' | 'subjectActive'>
  >;
  open(surroundings: DemoSurroundings): Promise<OpenDemo>;
}

/** What a demo is given. */
export interface DemoSurroundings {
  readonly cs: Countersign;
  /** The same as Countersign's. */
  readonly database: DatabaseOptions;
  /** `http://localhost:4020` */
  readonly url: string;
  /** Puts a message into the inbox, as the methods do. */
  readonly send: Send;
  /** 32 bytes for this purpose and no other, from the secret of the server: what they seal opens again next time. */
  keyFor(purpose: string): Buffer;
  /** Says at the terminal what is no event of Countersign's. */
  tell(words: EventWords): void;
  /** A sentence while it opens, for whoever waits. */
  note(text: string): void;
  readonly logger: Logger;
}

/** A demo that is open. */
export interface OpenDemo {
  /** What was found or made, counted: `['Acme Bank', '3 people']`. */
  readonly summary: readonly string[];
  /** Where to go from here. The first one is opened in a browser. */
  readonly doors: readonly DemoDoor[];
  /** The paths that are the demo's, in the manner of Hono: `/`, `/bank/*`. Only this machine reaches them. */
  readonly paths: readonly string[];
  /** Answers on one of these paths; null leaves it to the server's own pages. */
  handler(request: Request): Promise<Response | null>;
  /** An event as a newcomer reads it; null leaves it to the catalogue's own words. */
  words?(event: EventView): Promise<EventWords | null>;
  close(): Promise<void>;
}

export interface DemoDoor {
  readonly name: string;
  /** Of the server: `/phone`. */
  readonly path: string;
  readonly what: string;
}

/** One line at the terminal: whom or what it is about, and what has happened. */
export interface EventWords {
  readonly about: string;
  readonly text: string;
}
