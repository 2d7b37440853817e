import type { Executor } from '../database/executor.ts';
import { statement } from '../database/statement.ts';
import { refuseCursor, type CursorField, type CursorFlags } from './cursor-refusal.ts';
import { isSelective, matchesFilter, type LogFilter } from './filter.ts';
import type { Position } from './position.ts';
import { isKnown, type EventRow } from './row.ts';

/** Of the table `countersign.event e`, as a row of ours. */
export const eventColumns = `e.epoch, e.txid::text, e.id, e.type, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id,
  e.sequence, e.data, e.context`;

/** The same as they are stored: what the end of the log and its archive have in common. */
export const storedColumns = `e.epoch, e.txid, e.sequence, e.id, e.type, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id,
  e.data, e.context`;

const placeValues = '(:epoch::integer, :txid::text::xid8, :sequence::integer, :id::uuid)';
const storedPlace = `ROW${placeValues}::countersign.place`;
const inOrder = 'ORDER BY e.epoch, e.txid, e.sequence, e.id';

const afterPlace = `(e.epoch, e.txid, e.sequence, e.id) > ${placeValues}`;

/**
 * Asked once and before anything else: whoever stands behind the archive never looks into it. Both are read in one
 * statement, so an event that is moved meanwhile is there or here.
 */
const standsInArchive = `${storedPlace} < (SELECT i.archived_until FROM countersign.installation i)`;

/**
 * An event is shown when every transaction older than its own has ended, so that nothing can appear before it
 * later. A reader of `id > last` lost 1,675 of 2,705 events with 40 writers. What an older epoch holds was
 * written before the restore that ended it.
 */
const belowHorizon = /* sql */ `
  (e.txid < pg_snapshot_xmin(pg_current_snapshot()) OR e.epoch < (SELECT i.epoch FROM countersign.installation i))`;

/** At most so many events behind a place: of the end of the log, and of the archive where the place is in it. */
function logged(scope: string, archive: string, eventsMax: string): string {
  return /* sql */ `
    SELECT * FROM (
      (SELECT ${storedColumns} FROM countersign.event e WHERE ${scope} AND ${belowHorizon} AND ${afterPlace}
      ${inOrder} LIMIT ${eventsMax})
      UNION ALL
      SELECT ${storedColumns} FROM ${archive} e WHERE ${standsInArchive} AND ${scope} AND ${belowHorizon} AND ${afterPlace}
    ) e ${inOrder} LIMIT ${eventsMax}`;
}

/** The start of the log is no place that something could be missing after: whoever begins there takes what there is. */
const cursorFlags = /* sql */ `
  SELECT :epoch::integer > 0 AND ${storedPlace} < i.pruned_until AS is_pruned, :epoch::integer > i.epoch
    OR (:epoch::integer = i.epoch AND :txid::text::xid8 > pg_snapshot_xmax(pg_current_snapshot())) AS is_ahead
  FROM countersign.installation i`;

interface PageParameters extends Position, LogFilter {
  /** At most so many events are looked at. */
  readonly scanMax: number;
  readonly limit: number;
}

interface ScannedRow extends EventRow, CursorFlags {
  readonly matches: boolean;
}

/** With no event there is still one row, which says whether the log can be read from that place at all. */
type PageRow = ScannedRow | ({ readonly id: null } & CursorFlags);

/**
 * One page: at most `scanMax` events are looked at, the last of them comes along even if it does not match,
 * so that a rare filter makes progress on a long log instead of running into the statement's time limit.
 */
function page(scope: string, archive: string): string {
  return /* sql */ `
WITH scanned AS (
  SELECT ${eventColumns}, row_number() OVER () AS place, count(*) OVER () AS total
  FROM (${logged(scope, archive, ':scanMax::int')}) e
), judged AS (
  SELECT *, ${matchesFilter} AS matches FROM scanned
)
SELECT asked.is_pruned, asked.is_ahead, shown.* FROM (${cursorFlags}) AS asked LEFT JOIN (
  SELECT * FROM judged WHERE matches OR place = total ORDER BY place LIMIT :limit::int + 1
) AS shown ON true ORDER BY shown.place`;
}

/** The whole log, by its primary key: a page costs the same at any size of the log. */
const pageOfLog = statement<PageParameters, PageRow>(
  'log_page',
  page('true', `countersign.archived_after(${storedPlace}, :scanMax::int)`),
);

const pageOfSubject = statement<PageParameters, PageRow>(
  'log_page_subject',
  page(
    'e.subject_id = :subjectId::text',
    `countersign.archived_of_subject(:subjectId::text, ${storedPlace}, :scanMax::int)`,
  ),
);

const pageAbout = statement<PageParameters, PageRow>(
  'log_page_about',
  page(
    'e.about_id = :aboutId::uuid AND (:subjectId::text IS NULL OR e.subject_id = :subjectId::text)',
    'countersign.archived_about(:aboutId::uuid, 0, NULL)',
  ),
);

/** Whichever has an index for what is wanted. */
function pageFor({ subjectId, aboutId }: LogFilter): typeof pageOfLog {
  if (aboutId !== null) return pageAbout;
  return subjectId === null ? pageOfLog : pageOfSubject;
}

export interface Page {
  /** What matches, at most as many as were asked for. */
  readonly rows: readonly EventRow[];
  /** Where to go on; null when there is nothing new at all. */
  readonly end: Position | null;
}

/** With a filter a page looks at more than it shows, but not at the whole log. */
const scanMaxFiltered = 2000;

/**
 * A page of what the filter shows, after a place and below the horizon. A type that is not known here is passed over.
 *
 * @param field where the place came from, for the refusal.
 * @throws CountersignError `invalid_input` for a place from which the log cannot be read: see {@link refuseCursor}.
 */
export async function readAfter(
  db: Executor,
  filter: LogFilter | null,
  after: Position,
  limit: number,
  field: CursorField = 'after',
): Promise<Page> {
  const { rows, end } = await readAllAfter(db, filter, after, limit, field);
  return { rows: rows.filter(isKnown), end };
}

/** The same with types that are not known here, for who must not pass over them. */
export async function readAllAfter(
  db: Executor,
  filter: LogFilter | null,
  after: Position,
  limit: number,
  field: CursorField = 'after',
): Promise<Page> {
  if (filter === null) return { rows: [], end: null };
  const scanMax = isSelective(filter) ? scanMaxFiltered : limit;
  const { epoch, txid, sequence, id } = after;
  const found = await db.query(pageFor(filter), { ...filter, epoch, txid, sequence, id, scanMax, limit });
  refuseCursor(found[0], field);
  const scanned = found.filter((row) => row.id !== null);
  const matching = scanned.filter((row) => row.matches).slice(0, limit);
  const end = matching.length === limit ? matching.at(-1) : scanned.at(-1);
  return { rows: matching, end: end ?? null };
}

const readFlags = statement<Position, CursorFlags>('log_place', cursorFlags);

/** The same refusals for a place behind which nothing is read now. */
export async function requireReadable(db: Executor, place: Position, field: CursorField): Promise<void> {
  const { epoch, txid, sequence, id } = place;
  const [flags] = await db.query(readFlags, { epoch, txid, sequence, id });
  refuseCursor(flags, field);
}

/** What is new for readers that follow the log; also for one that stood still for so long that it was archived. */
export const readNew = statement<Position & { readonly limit: number }, EventRow>(
  'log_new',
  /* sql */ `
SELECT ${eventColumns} FROM (${logged('true', `countersign.archived_after(${storedPlace}, :limit::int)`, ':limit::int')}) e`,
);

const readEnd = statement<object, { epoch: number; txid: string }>(
  'log_end',
  'SELECT epoch, pg_snapshot_xmin(pg_current_snapshot())::text AS txid FROM countersign.installation',
);

/** The place before everything that the log will show from now on. */
export async function logEnd(db: Executor): Promise<Position> {
  const [end] = await db.query(readEnd, {});
  if (!end) throw new Error('the installation row is missing');
  return { ...end, sequence: 0, id: '00000000-0000-0000-0000-000000000000' };
}
