import { statement } from '../../database/statement.ts';
import { eventColumns, storedColumns } from '../../event/read.ts';
import type { EventRow } from '../../event/row.ts';
import type { RequestWithChallenge } from '../row.ts';
import { newestChallenge } from './newest-challenge.ts';
import { visibleTo, type ViewerParameters } from './visible.ts';

export interface SnapshotRow extends RequestWithChallenge {
  /** Where the event stands after which the watch goes on; before the first one: zeros. */
  readonly after_epoch: number;
  readonly after_txid: string;
  readonly after_sequence: number;
}

/**
 * One request, if this viewer may see it, with the place from which its events are told: behind the newest
 * one, or behind the one that a resuming reader has. One snapshot of the database, so the row contains
 * exactly the events up to its `sequence`. The archive is asked for that place only when the end of the log has it not.
 */
export const readSnapshot = statement<
  ViewerParameters & { readonly id: string; readonly after: number | null },
  SnapshotRow
>(
  'request_snapshot',
  /* sql */ `
SELECT r.*, ${newestChallenge},
  coalesce(e.epoch, 0) AS after_epoch, coalesce(e.txid::text, '0') AS after_txid, coalesce(e.sequence, 0) AS after_sequence
FROM countersign.authorization_request r
LEFT JOIN LATERAL (
  SELECT e.epoch, e.txid, e.sequence FROM countersign.event e WHERE e.about_id = r.id AND e.sequence = least(:after::int, r.sequence)
  UNION ALL
  SELECT e.epoch, e.txid, e.sequence FROM countersign.archived_about(r.id, least(:after::int, r.sequence) - 1, 1) e
  WHERE e.sequence = least(:after::int, r.sequence)
  LIMIT 1
) e ON true
WHERE r.id = :id::uuid AND ${visibleTo}`,
);

export interface News extends EventRow {
  /** Which of the questions it answers, from 1. */
  readonly question: number;
}

/**
 * What is new of each of many requests. By its sequence and without the horizon: the lock on the request's
 * row makes the order of its events the order of their commits, so nothing appears before what was read. The
 * archive is asked where what is known already stands in it: for a reader that comes back after days.
 */
export const readNews = statement<
  {
    readonly ids: readonly string[];
    /** The newest that is known of each, and where it stands, as decimal text. */
    readonly known: readonly string[];
    readonly epochs: readonly string[];
    readonly txids: readonly string[];
    readonly eachMax: number;
  },
  News
>(
  'request_news',
  /* sql */ `
SELECT asked.question::int, ${eventColumns}
FROM unnest(:ids::uuid[], :known::int[], :epochs::int[], :txids::xid8[]) WITH ORDINALITY AS asked (id, known, epoch, txid, question)
CROSS JOIN LATERAL (
  SELECT * FROM (
    (SELECT ${storedColumns} FROM countersign.event e WHERE e.about_id = asked.id AND e.sequence > asked.known
    ORDER BY e.sequence LIMIT :eachMax::int)
    UNION ALL
    SELECT ${storedColumns} FROM countersign.archived_about(asked.id, asked.known, :eachMax::int) e
    WHERE ROW(asked.epoch, asked.txid, asked.known, '00000000-0000-0000-0000-000000000000')::countersign.place
      < (SELECT i.archived_until FROM countersign.installation i)
  ) e ORDER BY e.sequence LIMIT :eachMax::int
) AS e
ORDER BY asked.question, e.sequence`,
);
