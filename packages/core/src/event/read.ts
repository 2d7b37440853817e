import type { Executor } from '../database/executor.ts';
import { statement } from '../database/statement.ts';
import { isSelective, matchesFilter, type LogFilter } from './filter.ts';
import type { Position } from './position.ts';
import { isKnown, type EventRow } from './row.ts';

/** Of the table `countersign.event e`, as a row of ours. */
export const eventColumns = `e.epoch, e.txid::text, e.id, e.type, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id,
  e.sequence, e.data, e.context`;

const afterPlace =
  '(e.epoch, e.txid, e.sequence, e.id) > (:epoch::integer, :txid::text::xid8, :sequence::integer, :id::uuid)';

/**
 * An event is shown when every transaction older than its own has ended, so that nothing can appear before it
 * later. A reader of `id > last` lost 1,675 of 2,705 events with 40 writers. What an older epoch holds was
 * written before the restore that ended it.
 */
const belowHorizon = /* sql */ `
  (e.txid < pg_snapshot_xmin(pg_current_snapshot()) OR e.epoch < (SELECT i.epoch FROM countersign.installation i))`;

interface PageParameters extends Position, LogFilter {
  /** At most so many events are looked at. */
  readonly scanMax: number;
  readonly limit: number;
}

interface ScannedRow extends EventRow {
  readonly matches: boolean;
}

/**
 * One page: at most `scanMax` events are looked at, the last of them comes along even if it does not match,
 * so that a rare filter makes progress on a long log instead of running into the statement's time limit.
 */
function page(scope: string): string {
  return /* sql */ `
WITH scanned AS (
  SELECT ${eventColumns}, row_number() OVER () AS place, count(*) OVER () AS total
  FROM (
    SELECT * FROM countersign.event e WHERE ${scope} AND ${afterPlace}
    ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT :scanMax::int
  ) e
), judged AS (
  SELECT *, ${matchesFilter} AS matches FROM scanned
)
SELECT * FROM judged WHERE matches OR place = total ORDER BY place LIMIT :limit::int + 1`;
}

/** The whole log, by its primary key: a page costs the same at any size of the log. */
const pageOfLog = statement<PageParameters, ScannedRow>('log_page', page(belowHorizon));

const pageOfSubject = statement<PageParameters, ScannedRow>(
  'log_page_subject',
  page(`e.subject_id = :subjectId::text AND ${belowHorizon}`),
);

const pageAbout = statement<PageParameters, ScannedRow>(
  'log_page_about',
  page(
    `e.about_id = :aboutId::uuid AND (:subjectId::text IS NULL OR e.subject_id = :subjectId::text) AND ${belowHorizon}`,
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

/** A page of what the filter shows, after a place and below the horizon. A type that is not known here is passed over. */
export async function readAfter(
  db: Executor,
  filter: LogFilter | null,
  after: Position,
  limit: number,
): Promise<Page> {
  if (filter === null) return { rows: [], end: null };
  const scanMax = isSelective(filter) ? scanMaxFiltered : limit;
  const { epoch, txid, sequence, id } = after;
  const scanned = await db.query(pageFor(filter), { ...filter, epoch, txid, sequence, id, scanMax, limit });
  const matching = scanned.filter((row) => row.matches).slice(0, limit);
  const end = matching.length === limit ? matching.at(-1) : scanned.at(-1);
  return { rows: matching.filter(isKnown), end: end ?? null };
}

/** What is new for readers that follow the log. */
export const readNew = statement<Position & { readonly limit: number }, EventRow>(
  'log_new',
  /* sql */ `
SELECT ${eventColumns} FROM countersign.event e WHERE ${afterPlace} AND ${belowHorizon} ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT :limit::int`,
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
