import type { Executor } from '../database/executor.ts';
import { statement } from '../database/statement.ts';
import type { EventType } from './catalog.ts';
import type { Position } from './position.ts';
import type { EventRow } from './row.ts';

const columns = `e.epoch, e.txid::text, e.id, e.type, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind, e.about_id,
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

export interface LogFilter {
  readonly types: readonly EventType[] | null;
  readonly slug: string | null;
  /** Only what this session may see: its own events and those bound to no session. */
  readonly everySession: boolean;
  readonly sessionId: string | null;
}

export interface PageParameters extends Position, LogFilter {
  /** At most so many events are looked at. */
  readonly scanMax: number;
  readonly limit: number;
}

export interface ScannedRow extends EventRow {
  readonly matches: boolean;
}

/**
 * One page: at most `scanMax` events are looked at, the last of them comes along even if it does not match,
 * so that a rare filter makes progress on a long log instead of running into the statement's time limit.
 */
function page(scope: string): string {
  return /* sql */ `
WITH scanned AS (
  SELECT ${columns}, row_number() OVER () AS place, count(*) OVER () AS total
  FROM (
    SELECT * FROM countersign.event e WHERE ${scope} AND ${afterPlace}
    ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT :scanMax::int
  ) e
), judged AS (
  SELECT *, (:types::text[] IS NULL OR type = ANY (:types::text[])) AND (:slug::text IS NULL OR slug = :slug::text)
    AND (:everySession::boolean OR session_id IS NULL OR session_id = :sessionId::text) IS TRUE AS matches
  FROM scanned
)
SELECT * FROM judged WHERE matches OR place = total ORDER BY place LIMIT :limit::int + 1`;
}

/** The whole log, by its primary key: a page costs the same at any size of the log. */
export const readPage = statement<PageParameters, ScannedRow>('log_page', page(belowHorizon));

export const readPageOfSubject = statement<PageParameters & { readonly subjectId: string }, ScannedRow>(
  'log_page_subject',
  page(`e.subject_id = :subjectId::text AND ${belowHorizon}`),
);

export const readPageAbout = statement<
  PageParameters & { readonly aboutId: string; readonly subjectId: string | null },
  ScannedRow
>(
  'log_page_about',
  page(
    `e.about_id = :aboutId::uuid AND (:subjectId::text IS NULL OR e.subject_id = :subjectId::text) AND ${belowHorizon}`,
  ),
);

/** What is new for readers that follow the log. */
export const readNew = statement<Position & { readonly limit: number }, EventRow>(
  'log_new',
  /* sql */ `
SELECT ${columns} FROM countersign.event e WHERE ${afterPlace} AND ${belowHorizon} ORDER BY e.epoch, e.txid, e.sequence, e.id LIMIT :limit::int`,
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
