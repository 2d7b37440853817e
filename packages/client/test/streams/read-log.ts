import type { TestDatabase } from '@countersign/core/testing';
import { formatPosition } from '../../../core/src/event/position.ts';
import type { LoggedEvent } from './compare.ts';

interface Row {
  readonly epoch: number;
  readonly txid: string;
  readonly sequence: number;
  readonly id: string;
  readonly subject_id: string | null;
  readonly session_id: string | null;
}

/** The whole log from its table, in its order; whose it is from the requests, not from what the log says. */
const inOrder = /* sql */ `
SELECT e.epoch, e.txid::text, e.sequence, e.id, r.subject_id, r.session_id
FROM countersign.event e LEFT JOIN countersign.authorization_request r ON r.id = e.about_id
ORDER BY e.epoch, e.txid, e.sequence, e.id`;

export async function readLog(sql: TestDatabase['sql']): Promise<LoggedEvent[]> {
  const { rows } = await sql.query<Row>(inOrder);
  return rows.map((row) => ({
    id: formatPosition(row),
    subjectId: row.subject_id,
    sessionId: row.session_id,
  }));
}
