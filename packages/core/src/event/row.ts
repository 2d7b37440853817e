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

/**
 * The events of rows, for the service with everything, for anyone else with the public payload and no context.
 * A type that this version does not know, written by a newer one beside it, is passed over.
 */
export function eventViewsOf(rows: readonly EventRow[], audience: 'full' | 'public'): EventView[] {
  return rows
    .filter(({ type }) => Object.hasOwn(eventCatalog, type))
    .map((row) => eventViewOf(row, audience));
}

function eventViewOf(row: EventRow, audience: 'full' | 'public'): EventView {
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
function payloadOf({ type, data }: EventRow, audience: 'full' | 'public'): Record<string, unknown> {
  const keys = Object.keys(eventCatalog[type][audience].shape);
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(data, key)).map((key) => [key, data[key]]));
}

function aboutIdOf(row: EventRow): string {
  if (row.about_kind === 'subject') return row.subject_id ?? '';
  return formatId(aboutIdKinds[row.about_kind], row.about_id);
}
