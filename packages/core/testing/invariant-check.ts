import type { Limits } from '../src/limits.ts';

/** One promise, and the rows that break it: `about` names the row, `wrong` says what is there instead. */
export interface InvariantCheck {
  /** The invariant and the promise; every violation begins with it. */
  readonly promise: string;
  /** Uses `$1` the limits as JSON, and `$2` the time where `timed` is set. */
  readonly sql: string;
  readonly timed?: true;
}

const logged = `epoch, txid, sequence, id, type, occurred_at, subject_id, session_id, slug, about_kind, about_id, data, context`;

/** The whole log: its end, and what was moved to the archive. */
export const log = /* sql */ `(SELECT ${logged} FROM countersign.event UNION ALL SELECT ${logged} FROM countersign.event_archive)`;

/** Whether the log begins later than it did: months of it were dropped. */
export const isPruned = '(SELECT (i.pruned_until).epoch > 0 FROM countersign.installation i)';

/** Places of an older epoch mean nothing any more: who has its newest event there need not remember where. */
export const isOfThisEpoch = (row: string): string =>
  `EXISTS (SELECT FROM ${log} e, countersign.installation i WHERE e.about_id = ${row}.id AND e.sequence = ${row}.sequence AND e.epoch = i.epoch)`;

export const limit = (name: keyof Limits): string => `($1::jsonb->>'${name}')::int`;

/** How many of the moments lie in the window that ends with one of them, at most. */
export const mostWithin = (moments: string, window: string): string => `(
  SELECT max((SELECT count(*) FROM unnest(${moments}) AS m WHERE m > last - interval '${window}' AND m <= last))
  FROM unnest(${moments}) AS last)`;
