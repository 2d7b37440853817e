import type { Actor } from '../../../src/index.ts';
import { core, type Arena } from '../arena.ts';
import { tally, type Call, type Outcome, type Side } from '../call.ts';
import type { GuardedAttempt } from '../guarded-side.ts';
import { uuidOf } from '../look.ts';
import { openGrant } from './consume.ts';
import { transferOf, type Asked } from './open-request.ts';

export const guard: Side = { implementation: 'guard' };

let calls = 0;

/** A guarded call of whom it was asked for. */
export function guardedCall(asked: Asked, more: Partial<GuardedAttempt> = {}): Call {
  calls += 1;
  const attempt: GuardedAttempt = {
    call: `${asked.subjectId} ${calls}`,
    data: asked.data,
    host: null,
    fate: 'commit',
    ...more,
  };
  const actor: Actor = {
    kind: 'subject',
    subjectId: asked.subjectId,
    sessionId: asked.sessionId ?? null,
  };
  return { command: 'consume', input: attempt, actor };
}

/** Grants of the same values for a subject of its own; the ids. */
export async function openGrants(arena: Arena, asked: Asked, number = 1): Promise<string[]> {
  const ids: string[] = [];
  for (let grant = 0; grant < number; grant += 1) ids.push(await openGrant(arena, core, asked));
  return ids;
}

let people = 0;

/** Somebody whom no other attack knows. */
export function somebody(): Asked {
  people += 1;
  return transferOf(`guarded-${people}`, `session-${people}`);
}

/** What a race over grants has come to, in the answers and in the tables. */
export async function settle(
  arena: Arena,
  asked: Asked,
  ids: readonly string[],
  outcomes: readonly Outcome[],
) {
  const { rows } = await arena.sql.query<{ paid: number; used: number; logged: number; gaps: number }>(
    `SELECT (SELECT count(*)::int FROM ledger WHERE request_id LIKE $1 || ' %') AS paid,
       (SELECT count(consumed_at)::int FROM countersign.authorization_request WHERE id = ANY ($2)) AS used,
       (SELECT count(*)::int FROM countersign.event
        WHERE about_id = ANY ($2) AND type = 'authorization_request.consumed') AS logged,
       (SELECT count(*)::int FROM (
          SELECT FROM countersign.event WHERE about_id = ANY ($2) GROUP BY about_id
          HAVING max(sequence) <> count(*) OR min(sequence) <> 1) AS gap) AS gaps`,
    [asked.subjectId, ids.map(uuidOf)],
  );
  const [row] = rows;
  if (!row) throw new Error('nothing was counted');
  const verdicts = tally(outcomes);
  return { verdicts, ran: verdicts['done'] ?? 0, ...row };
}
