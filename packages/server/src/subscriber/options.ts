import { eventTypes, type EventType, type PgClient } from '@countersign/core';
import { z } from 'zod';
import type { CountersignEvent } from '../event/listeners.ts';
import type { EntityManagerLike } from '../guard/transaction.ts';
import { SettingsError } from '../settings/settings-error.ts';
import { pathName, wrongSettings } from '../settings/wrong-settings.ts';

/** What a handler is given beside its event. */
export interface SubscriberBatch<Tx = PgClient> {
  /**
   * The transaction in which the subscriber's place moves on: what is written by it commits together with the place, so
   * it takes effect once. A `pg` client of ours unless `em` or `transaction` gave another.
   */
  readonly tx: Tx;
  /** 1, 2, 3 … how often the event has been tried. */
  readonly attempt: number;
  /** Aborts when the batch has taken too long, or the process stops: what has not been written by then never is. */
  readonly signal: AbortSignal;
}

/**
 * Handles one event. What it does outside of `batch.tx` happens at least once: pass `event.id` along, it is the same each
 * time. What it throws rolls the batch back; the event is tried again.
 */
export type SubscriberHandler<Type extends EventType = EventType, Tx = PgClient> = (
  event: CountersignEvent<Type>,
  batch: SubscriberBatch<Tx>,
) => void | Promise<void>;

/** A durable subscriber: see `Countersign.subscriber`. */
export interface SubscriberOptions<Tx = PgClient> {
  /** Its place in the log is kept under this name, over restarts and nodes. Small letters, digits, `-` and `.`. */
  readonly name: string;
  /** One function for each type of event that it wants. */
  readonly on: { readonly [Type in EventType]?: SubscriberHandler<Type, Tx> };
  /** Where it begins when its name is new; default `now`: with what is committed from this call on. */
  readonly from?: 'now' | 'start';
  /** Events handled in one transaction, 1 to 500; default 100. */
  readonly batchSizeMax?: number;
  /** How long a batch may take, 1 to 60 seconds; default 5. Another node takes over from one that stands still so long. */
  readonly timeoutSeconds?: number;
  /** An event that has failed so often in a row parks the subscriber until an operator resumes it; default 20, an hour. */
  readonly attemptsMax?: number;
  /** An entity manager of a MikroORM in our database: each batch runs in `em.fork().transactional(…)`. */
  readonly em?: Tx & EntityManagerLike & { fork(): EntityManagerLike };
  /**
   * Opens a transaction of another kind in our database, and rolls it back when `run` rejects.
   *
   * @example
   * ```ts
   * cs.subscriber<Transaction<Tables>>({
   *   name: 'ledger',
   *   transaction: (run) => kysely.transaction().execute(run),
   *   on: { … },
   * });
   * ```
   */
  readonly transaction?: <Result>(run: (tx: Tx) => Promise<Result>) => Promise<Result>;
}

const handler = z.custom<SubscriberHandler>((value) => typeof value === 'function', 'a function');
const nameExpected =
  'small letters, digits, "-" and "." (1 to 64); names that begin with "countersign." are taken';
const whole = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`;
  return z.number(expected).int(expected).min(min, expected).max(max, expected);
};

const schema = z.strictObject({
  name: z.string(nameExpected).regex(/^(?!countersign\.)[a-z0-9][a-z0-9.-]{0,63}$/, nameExpected),
  on: z
    .partialRecord(z.enum(eventTypes), handler)
    .refine((on) => Object.values(on).some(Boolean), 'a function for one type of event at least'),
  from: z.enum(['now', 'start'], 'now or start').default('now'),
  batchSizeMax: whole(1, 500).default(100),
  timeoutSeconds: whole(1, 60).default(5),
  attemptsMax: whole(1, 1000).default(20),
  em: z
    .custom<SubscriberOptions['em']>(
      (value) => typeof (value as { fork?: unknown } | null)?.fork === 'function',
      'an entity manager of MikroORM',
    )
    .optional(),
  transaction: z
    .custom<NonNullable<SubscriberOptions['transaction']>>(
      (value) => typeof value === 'function',
      'a function (run) => …',
    )
    .optional(),
});

/** @throws SettingsError naming every wrong option at once. */
export function parseSubscriber(options: unknown) {
  const parsed = schema.safeParse(options);
  if (!parsed.success) throw new SettingsError(wrongSettings(parsed.error, pathName));
  return parsed.data;
}
