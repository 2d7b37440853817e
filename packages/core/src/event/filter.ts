import type { Actor } from '../actor.ts';
import { parseId } from '../id.ts';
import type { EventType } from './catalog.ts';
import type { Audience, EventRow } from './row.ts';

/** Which events a reader wants, and of these which it may see. Null: any. */
export interface LogFilter {
  readonly subjectId: string | null;
  /** UUID of the one thing they are about. */
  readonly aboutId: string | null;
  readonly types: readonly EventType[] | null;
  readonly slug: string | null;
  /** False: only what this session may see, its own events and those bound to no session. */
  readonly everySession: boolean;
  readonly sessionId: string | null;
}

interface Asked {
  readonly types?: readonly EventType[] | undefined;
  readonly slug?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly requestId?: string | undefined;
}

/**
 * What this actor gets to see of what it asks for: an event is as visible as what it is about (the contract,
 * §3, §4). Null when that is nothing: another subject's events, the events of an id that is none.
 */
export function filterOf(actor: Actor, asked: Asked): LogFilter | null {
  const own = actor.kind === 'subject' || actor.kind === 'device' ? actor.subjectId : null;
  if (own !== null && asked.subjectId !== undefined && asked.subjectId !== own) return null;
  const aboutId = asked.requestId === undefined ? null : parseId('authorizationRequest', asked.requestId);
  if (asked.requestId !== undefined && aboutId === null) return null;
  return {
    subjectId: own ?? asked.subjectId ?? null,
    aboutId,
    types: asked.types ?? null,
    slug: asked.slug ?? null,
    everySession: actor.kind !== 'subject',
    sessionId: actor.kind === 'subject' ? actor.sessionId : null,
  };
}

export function audienceOf(actor: Actor): Audience {
  return actor.kind === 'service' ? 'full' : 'public';
}

/**
 * The same condition twice: in SQL for what is read from the log, here for what is told as it happens.
 * packages/core/test/stream/filter.test.ts holds them together.
 */
export const matchesFilter = /* sql */ `((:subjectId::text IS NULL OR subject_id = :subjectId::text)
  AND (:aboutId::uuid IS NULL OR about_id = :aboutId::uuid)
  AND (:types::text[] IS NULL OR type = ANY (:types::text[])) AND (:slug::text IS NULL OR slug = :slug::text)
  AND (:everySession::boolean OR session_id IS NULL OR session_id = :sessionId::text)) IS TRUE`;

/** No session never equals a session: a null `sessionId` matches only events that are bound to none. */
export function matches(row: EventRow, filter: LogFilter): boolean {
  const { subjectId, aboutId, types, slug, everySession, sessionId } = filter;
  return (
    (subjectId === null || row.subject_id === subjectId) &&
    (aboutId === null || row.about_id === aboutId) &&
    (types === null || types.includes(row.type)) &&
    (slug === null || row.slug === slug) &&
    (everySession || row.session_id === null || row.session_id === sessionId)
  );
}

/** Whether a condition beyond subject and thing leaves events out; those two have an index each. */
export function isSelective({ types, slug, everySession }: LogFilter): boolean {
  return types !== null || slug !== null || !everySession;
}

/** The whole log. */
export const everyEvent: LogFilter = {
  subjectId: null,
  aboutId: null,
  types: null,
  slug: null,
  everySession: true,
  sessionId: null,
};
