import type { z } from 'zod';
import type { CoreContext } from '../context.ts';
import { invalidInput } from '../error.ts';
import { parseId } from '../id.ts';
import { parseInput } from '../parse.ts';
import { requireParty } from '../permission.ts';
import { formatPosition, logStart, parsePosition } from './position.ts';
import { readPage, readPageAbout, readPageOfSubject, type PageParameters, type ScannedRow } from './read.ts';
import { eventViewsOf } from './row.ts';
import { eventListInput, type EventListInput, type eventListOutput } from './schema.ts';

type Parsed = z.output<typeof eventListInput>;

const limitDefault = 100;
/** With a filter a page looks at more than it shows, but not at the whole log. */
const scanMaxFiltered = 2000;

/**
 * The log after a cursor, in commit order. `cursor` is where to go on: it moves past what did not match, so
 * an empty page with another cursor than the one given means "there may be more". Subjects and devices see
 * the events of what they may see, with public payloads.
 */
export async function listEvents(
  context: CoreContext,
  input: EventListInput,
): Promise<z.output<typeof eventListOutput>> {
  const parsed = parseInput(eventListInput, input);
  requireParty(context.actor);
  const after = parsed.after === undefined ? logStart : parsePosition(parsed.after);
  if (after === null)
    throw invalidInput(['after'], 'must be the id of an event or a cursor that a list returned');
  const limit = parsed.limit ?? limitDefault;
  const { actor } = context;
  const everything = parsed.types === undefined && parsed.slug === undefined && actor.kind !== 'subject';
  const rows = await scan(context, parsed, {
    ...after,
    types: parsed.types ?? null,
    slug: parsed.slug ?? null,
    everySession: actor.kind !== 'subject',
    sessionId: actor.kind === 'subject' ? actor.sessionId : null,
    scanMax: everything ? limit : scanMaxFiltered,
    limit,
  });
  const matching = rows.filter((row) => row.matches).slice(0, limit);
  const last = matching.length === limit ? matching.at(-1) : rows.at(-1);
  const audience = actor.kind === 'service' ? 'full' : 'public';
  return {
    items: eventViewsOf(matching, audience),
    cursor: last ? formatPosition(last) : (parsed.after ?? null),
  };
}

async function scan(context: CoreContext, input: Parsed, page: PageParameters): Promise<ScannedRow[]> {
  const { actor, db } = context;
  const own = actor.kind === 'subject' || actor.kind === 'device' ? actor.subjectId : null;
  if (own !== null && input.subjectId !== undefined && input.subjectId !== own) return [];
  const subjectId = own ?? input.subjectId ?? null;
  if (input.requestId !== undefined) {
    const aboutId = parseId('authorizationRequest', input.requestId);
    return aboutId ? await db.query(readPageAbout, { ...page, aboutId, subjectId }) : [];
  }
  if (subjectId !== null) return await db.query(readPageOfSubject, { ...page, subjectId });
  return await db.query(readPage, page);
}
