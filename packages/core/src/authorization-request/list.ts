import type { Actor } from '../actor.ts';
import type { SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { invalidInput } from '../error.ts';
import { parseInput } from '../parse.ts';
import { requireParty } from '../permission.ts';
import type { RequestRow } from './row.ts';
import { listInput, listLimitDefault, type listOutput } from './schema.ts';
import { viewOf } from './view.ts';

interface Tables {
  'countersign.authorization_request': RequestRow;
}
type Requests = SelectQueryBuilder<Tables, 'countersign.authorization_request', RequestRow>;
type ListInput = z.output<typeof listInput>;

/**
 * The requests that this actor may see, newest first, a page at a time: `nextCursor` of one page is `cursor`
 * of the next, and what is created in between moves nothing.
 *
 * @throws CountersignError `invalid_input` for a cursor that is none.
 */
export async function listAuthorizationRequests(
  context: CoreContext,
  input: z.input<typeof listInput>,
): Promise<z.output<typeof listOutput>> {
  const parsed = parseInput(listInput, input);
  requireParty(context.actor);
  const now = context.clock.now();
  const limit = parsed.limit ?? listLimitDefault;
  const db = context.database.orm.em.fork().getKysely<Tables>();
  const all: Requests = db.selectFrom('countersign.authorization_request').selectAll();
  const query = byState(byFields(visible(all, context.actor), parsed), parsed.state, now)
    .orderBy('id', 'desc')
    .limit(sql.lit(limit + 1)); // a literal: plans are generic, and a page is small
  // One round trip, by the index on (subject, id) when a subject is named.
  const { sql: text, parameters } = query.compile();
  const rows = await context.db.select<RequestRow>(text, parameters);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => viewOf({ ...row, challenge: null }, now)),
    nextCursor: rows.length > limit && last ? formatCursor(last.id) : null,
  };
}

function visible(query: Requests, actor: Actor): Requests {
  if (actor.kind === 'service' || actor.kind === 'operator') return query;
  const own = query.where('subject_id', '=', actor.subjectId);
  if (actor.kind === 'device') return own;
  const { sessionId } = actor;
  return own.where((row) =>
    sessionId === null
      ? row('session_id', 'is', null)
      : row.or([row('session_id', 'is', null), row('session_id', '=', sessionId)]),
  );
}

function byFields(query: Requests, input: ListInput): Requests {
  let narrowed = query;
  if (input.subjectId !== undefined) narrowed = narrowed.where('subject_id', '=', input.subjectId);
  if (input.slug !== undefined) narrowed = narrowed.where('slug', '=', input.slug);
  if (input.sessionId !== undefined) narrowed = narrowed.where('session_id', '=', input.sessionId);
  if (input.relatedObject !== undefined) {
    const { type, id } = input.relatedObject;
    const wanted = JSON.stringify([{ type, id }]);
    // The second condition is the one of the partial index: without it PostgreSQL cannot use it.
    narrowed = narrowed.where(
      sql<boolean>`related_objects @> ${wanted}::jsonb AND related_objects <> '[]'::jsonb`,
    );
  }
  if (input.cursor !== undefined) {
    const after = parseCursor(input.cursor);
    if (after === null) throw invalidInput(['cursor'], 'must be a cursor that a list returned');
    narrowed = narrowed.where('id', '<', after);
  }
  return narrowed;
}

/** What nobody answered in time is expired from that moment on, swept or not. */
function byState(query: Requests, state: ListInput['state'], now: Date): Requests {
  switch (state) {
    case undefined:
      return query;
    case 'waiting':
      return query.where('state', '=', 'waiting').where('expires_at', '>', now);
    case 'expired':
      return query.where((row) =>
        row.or([
          row('state', '=', 'expired'),
          row.and([row('state', '=', 'waiting'), row('expires_at', '<=', now)]),
        ]),
      );
    case 'granted':
    case 'denied':
    case 'cancelled':
      return query.where('state', '=', state);
  }
}
