import type { Database, Executor } from '../database/executor.ts';
import { statement } from '../database/statement.ts';

/** Entries of an index that are read at a time: all there are in one statement would run into its time limit. */
const partSize = 10_000;
const everyMs = 3_600_000;
const beginning = new Date(0);

/** What lies before a moment, read through from its beginning. */
interface Round {
  readonly startedAt: Date;
  /** Up to where it was read; null: to its end. */
  readonly place: Date | null;
}

export interface Part {
  readonly startedAt: Date;
  readonly after: Date;
  readonly until: Date;
  readonly isLast: boolean;
}

const rounds = new WeakMap<Database, Round>();

const nth = (table: string) => /* sql */ `
(SELECT r.expires_at FROM countersign.${table} r WHERE r.expires_at > :after::timestamptz AND r.expires_at <= :until::timestamptz
 ORDER BY r.expires_at OFFSET ${partSize - 1} LIMIT 1)`;

const endOfPart = statement<{ readonly after: Date; readonly until: Date }, { until: Date }>(
  'sweep_part',
  `SELECT least(:until::timestamptz, ${nth('authorization_request')}, ${nth('confirmation')}) AS until`,
);

/**
 * The next part of what was swept already, up to `until`. Something may have been committed there since, by a process whose
 * clock is behind or that stood still: without a second look it would wait for ever. A round when a process begins to
 * sweep, once an hour, and when its clock was set back by more. Null while there is none.
 */
export async function nextPart(
  database: Database,
  db: Executor,
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<Part | null> {
  const round = rounds.get(database) ?? null;
  const isDue = round === null || Math.abs(now.getTime() - round.startedAt.getTime()) >= everyMs;
  const { startedAt, place } = isDue ? { startedAt: now, place: round?.place ?? beginning } : round;
  if (place === null) return null;
  const [end] = await db.query(endOfPart, { after: place, until });
  if (!end) return null;
  return { startedAt, after: place, until: end.until, isLast: end.until >= until };
}

/** Once what is due in it is committed. */
export function notePart(database: Database, { startedAt, until, isLast }: Part): void {
  rounds.set(database, { startedAt, place: isLast ? null : until });
}
