import { statement } from '../../database/statement.ts';
import { storedColumns } from '../../event/read.ts';
import type { Position } from '../../event/position.ts';

/** Events moved in one transaction. A number in the text: of a parameter the plan would expect a tenth of the table. */
export const archiveBatchSizeMax = 1000;

const first = /* sql */ `
  SELECT ${storedColumns} FROM countersign.event e ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT ${archiveBatchSizeMax}`;

const inOrder = 'ORDER BY e.epoch, e.txid, e.sequence, e.id';

/** In the order of the log it never goes back, and it is never later than what may be moved. */
const loggedAt = `greatest((SELECT i.archived_logged_at FROM countersign.installation i),
  max(least(e.occurred_at, :before::timestamptz)) OVER (${inOrder} ROWS UNBOUNDED PRECEDING))`;

interface Archivable extends Position {
  /** Of each month that something falls into, its first moment. */
  readonly months: readonly string[];
}

/**
 * Nodes of a version before the archive read `event` alone, and while one after the other is restarted they are there
 * beside those that move events away: who reads through them from the beginning would miss these, and not know.
 */
const everyNodeReadsIt = `NOT EXISTS (SELECT FROM countersign.migration m
  WHERE m.name = '0010-archive' AND m.executed_at > :now::timestamptz - interval '24 hours')`;

/**
 * Up to where the log can be moved: its beginning, as far as every event is old enough and nothing can appear before it
 * any more. An event that is dated more than a day ahead comes from a clock that was wrong, and holds up nothing.
 */
export const findArchivable = statement<{ readonly before: Date; readonly now: Date }, Archivable>(
  'archive_find',
  /* sql */ `
WITH first AS (${first}
), judged AS (
  SELECT e.epoch, e.txid, e.sequence, e.id, ${loggedAt} AS logged_at, bool_and(
    (e.occurred_at <= :before::timestamptz OR e.occurred_at > :now::timestamptz + interval '1 day')
    AND (e.txid < pg_snapshot_xmin(pg_current_snapshot()) OR e.epoch < (SELECT i.epoch FROM countersign.installation i))
  ) OVER (${inOrder} ROWS UNBOUNDED PRECEDING) AS is_due
  FROM first e
)
SELECT e.epoch, e.txid::text, e.sequence, e.id, (SELECT array_agg(DISTINCT
    to_char(date_trunc('month', d.logged_at AT TIME ZONE 'UTC'), 'YYYY-MM-DD"T"00:00:00"Z"')) FROM judged d WHERE d.is_due) AS months
FROM judged e WHERE e.is_due AND ${everyNodeReadsIt}
ORDER BY e.epoch DESC, e.txid DESC, e.sequence DESC, e.id DESC LIMIT 1`,
);

export const makeMonth = statement<{ readonly moment: string }, object>(
  'archive_make_month',
  'SELECT countersign.make_archive_month(:moment::timestamptz)',
);

/**
 * Out of the end of the log and into the archive, in one statement: whoever reads sees each event in one of the two. How
 * far the archive reaches changes with it, so that no reader passes it by.
 */
export const moveToArchive = statement<Position & { readonly before: Date }, { moved: number }>(
  'archive_move',
  /* sql */ `
WITH due AS (
  SELECT * FROM (${first}
  ) e WHERE (e.epoch, e.txid, e.sequence, e.id) <= (:epoch::integer, :txid::text::xid8, :sequence::integer, :id::uuid)
), taken AS (
  DELETE FROM countersign.event e USING due d
  WHERE e.epoch = d.epoch AND e.txid = d.txid AND e.sequence = d.sequence AND e.id = d.id
  RETURNING ${storedColumns}
), kept AS (
  INSERT INTO countersign.event_archive
    (epoch, txid, sequence, id, type, occurred_at, subject_id, session_id, slug, about_kind, about_id, data, context, logged_at)
  SELECT ${storedColumns}, ${loggedAt} FROM taken e
  RETURNING logged_at
), noted AS (
  UPDATE countersign.installation i SET archived_logged_at = (SELECT max(logged_at) FROM kept),
    archived_until = ROW(:epoch::integer, :txid::text::xid8, :sequence::integer, :id::uuid)::countersign.place
  WHERE EXISTS (SELECT FROM kept)
)
SELECT count(*)::int AS moved FROM kept`,
);
