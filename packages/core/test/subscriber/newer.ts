import { fork } from 'node:child_process';
import { once } from 'node:events';
import { formatPosition } from '../../src/event/position.ts';
import type { EventRow } from '../../src/event/row.ts';
import type { TestCore } from '../../testing/index.ts';

/** A type of event that this version does not know. */
export const newerType = 'authorization_request.escalated';

export interface NewerOrder {
  readonly url: string;
  readonly secret: string;
  readonly reads: 'ledger' | 'webhooks';
}

/** A node of a newer version, in a process of its own: what a version knows is known to its whole process. */
export async function startNewer(
  { database: { url }, secret }: TestCore,
  reads: NewerOrder['reads'],
): Promise<AsyncDisposable> {
  const order: NewerOrder = { url, secret, reads };
  const node = fork(new URL('newer-node.ts', import.meta.url), [JSON.stringify(order)], {
    execArgv: ['--conditions=@countersign/source'],
  });
  const gone = once(node, 'exit');
  await once(node, 'message');
  return {
    async [Symbol.asyncDispose]() {
      node.kill('SIGKILL');
      await gone;
    },
  };
}

/** One event as a newer version writes it, about what a subject has. Returns its id. */
export async function writeAsNewer({ database: { sql } }: TestCore, subjectId = 'ada'): Promise<string> {
  const { rows } = await sql.query<EventRow>(
    `INSERT INTO countersign.event (epoch, txid, id, type, occurred_at, subject_id, session_id, slug, about_kind, about_id, sequence, data)
     SELECT i.epoch, pg_current_xact_id(), gen_random_uuid(), $2, e.occurred_at, e.subject_id, e.session_id, e.slug, e.about_kind,
       e.about_id, e.sequence + 1, '{}'
     FROM countersign.event e, countersign.installation i WHERE e.subject_id = $1 ORDER BY e.sequence DESC LIMIT 1
     RETURNING epoch, txid::text, sequence, id`,
    [subjectId, newerType],
  );
  return formatPosition(rows[0] as EventRow);
}
