import type pg from 'pg';
import { parseId } from '../../src/id.ts';

export interface Looked {
  readonly state: string;
  readonly reason: string | null;
  readonly attemptsLeft: number;
  readonly attemptsOpen: number;
  readonly consumedAt: Date | null;
  /** `1 created`, `2 challenged` … by their sequence. */
  readonly events: readonly string[];
  readonly proofs: number;
}

export function uuidOf(id: string): string {
  const uuid = parseId('authorizationRequest', id);
  if (!uuid) throw new Error(`${id} is no request's id`);
  return uuid;
}

/** A request as it lies in the tables, below the code that is tested. */
export async function look(sql: pg.Pool, id: string): Promise<Looked> {
  const { rows } = await sql.query<Looked>(
    /* sql */ `
    SELECT state, reason, attempts_left AS "attemptsLeft", attempts_open AS "attemptsOpen", consumed_at AS "consumedAt",
      ARRAY(SELECT e.sequence || ' ' || split_part(e.type, '.', 2) FROM countersign.event e WHERE e.about_id = r.id
        ORDER BY e.sequence) AS events,
      (SELECT count(*)::int FROM countersign.proof p WHERE p.request_id = r.id) AS proofs
    FROM countersign.authorization_request r WHERE r.id = $1`,
    [uuidOf(id)],
  );
  const [row] = rows;
  if (!row) throw new Error(`${id} is not there`);
  return row;
}

/** How often each event is in the history. */
export function count(events: readonly string[], type: string): number {
  return events.filter((event) => event.endsWith(` ${type}`)).length;
}

/** Whether the numbers are 1, 2, 3 … without a gap. */
export function numbered(events: readonly string[]): boolean {
  return events.every((event, index) => event.startsWith(`${index + 1} `));
}

/** What is held against the subject: charges of the day, streaks. */
export async function looseCharges(
  sql: pg.Pool,
  subjectId: string,
): Promise<{ charges: number; streaks: object }> {
  const { rows } = await sql.query<{ charges: number; streaks: object }>(
    'SELECT cardinality(charged_at) AS charges, streaks FROM countersign.subject_security WHERE subject_id = $1',
    [subjectId],
  );
  const [row] = rows;
  if (!row) throw new Error(`nothing is known of ${subjectId}`);
  return row;
}
