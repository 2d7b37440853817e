import { formatId, type IdKind } from '../id.ts';
import { eventCatalog, type AboutKind, type EventType, type EventView } from './catalog.ts';
import { formatPosition } from './position.ts';

/** A row of `countersign.event`. */
export interface EventRow {
  readonly epoch: number;
  readonly txid: string;
  readonly id: string;
  readonly type: EventType;
  readonly occurred_at: Date;
  readonly subject_id: string | null;
  readonly session_id: string | null;
  readonly slug: string | null;
  readonly about_kind: AboutKind;
  readonly about_id: string;
  readonly sequence: number;
  readonly data: Record<string, unknown>;
  readonly context: unknown;
}

const aboutIdKinds: Record<Exclude<AboutKind, 'subject'>, IdKind> = {
  authorization_request: 'authorizationRequest',
  confirmation: 'confirmation',
  factor: 'factor',
  device: 'factor',
  scoped_token: 'scopedToken',
  webhook: 'webhook',
};

/** Who an event is shown to: the service reads everything, anyone else the public payload and no context. */
export type Audience = 'full' | 'public';

/** False for a type that a newer version has written beside this one. */
export function isKnown({ type }: EventRow): boolean {
  return Object.hasOwn(eventCatalog, type);
}

const made = new WeakMap<EventRow, { full?: EventView; public?: EventView }>();

/**
 * The event of a row that many read at once, made once for each audience. Frozen, since it is the same object
 * for all of them.
 */
export function sharedViewOf(row: EventRow, audience: Audience): EventView {
  const views = made.get(row) ?? {};
  made.set(row, views);
  return (views[audience] ??= frozen(eventViewOf(row, audience)));
}

/** The event of a row as the service reads it, for who handles rows in this process. */
export function fullViewOf(row: EventRow): EventView {
  return sharedViewOf(row, 'full');
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

export function eventViewOf(row: EventRow, audience: Audience): EventView {
  return {
    id: formatPosition(row),
    type: row.type,
    occurredAt: row.occurred_at,
    subjectId: row.subject_id,
    slug: row.slug,
    about: { kind: row.about_kind, id: aboutIdOf(row) },
    sequence: row.sequence,
    data: payloadOf(row, audience),
    context: audience === 'full' ? row.context : null,
  };
}

/** The payload's own keys of this audience. Not parsed: what an older version wrote must stay readable. */
function payloadOf({ type, data }: EventRow, audience: Audience): Record<string, unknown> {
  const keys = Object.keys(eventCatalog[type][audience].shape);
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(data, key)).map((key) => [key, data[key]]));
}

function aboutIdOf(row: EventRow): string {
  if (row.about_kind === 'subject') return row.subject_id ?? '';
  return formatId(aboutIdKinds[row.about_kind], row.about_id);
}
