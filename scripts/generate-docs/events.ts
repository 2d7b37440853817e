import {
  aboutKinds,
  eventCatalog,
  eventView,
  type AboutKind,
} from '../../packages/core/src/event/catalog.ts';
import type { EventKind } from '../../packages/core/src/event/catalog/kind.ts';
import { idPrefix, type IdKind } from '../../packages/core/src/id.ts';
import { fieldsOf, fieldTable } from './fields.ts';
import { jsonSchemaOf, resolved } from './json-schema.ts';
import { code, document, table } from './markdown.ts';
import { isWritten } from './written.ts';

/** What the things are called whose lives the log tells, and how their ids begin. */
const aboutNotes: Readonly<Record<AboutKind, { readonly what: string; readonly id: IdKind | null }>> = {
  authorization_request: { what: 'one occurrence of an operation', id: 'authorizationRequest' },
  confirmation: { what: 'a one-time statement that a proof was given', id: 'confirmation' },
  factor: { what: 'what a subject proves with', id: 'factor' },
  device: { what: 'a factor that is a device', id: 'factor' },
  scoped_token: { what: 'a temporary credential', id: 'scopedToken' },
  subject: { what: 'a subject as a whole', id: null },
  webhook: { what: 'an endpoint that events are delivered to', id: 'webhook' },
};

/** docs/events.md */
export function eventsDocument(): string {
  const families = Map.groupBy(Object.entries<EventKind>(eventCatalog), ([type]) => familyOf(type));
  const sections = [...families].flatMap(([family, kinds]) => [
    `## ${family}`,
    ...(isWritten(family) ? [] : ['Reserved: nothing writes these yet.']),
    ...kinds.map(([type, kind]) => section(type, kind)),
  ]);
  return document([
    '# Events',
    `The log tells what happened, in the words of a closed catalogue of ${Object.keys(eventCatalog).length} types. An event is written by the statement that makes the change, so there is one exactly when the change was committed. It is never changed afterwards.`,
    ...howToRead,
    '## The envelope',
    fieldTable(resolved(jsonSchemaOf(eventView, 'output'))),
    table(
      ['`about.kind`', 'what', '`about.id`'],
      aboutKinds.map((kind) => {
        const { what, id } = aboutNotes[kind];
        return [code(kind), what, id === null ? 'the subject’s id' : `${code(idPrefix(id))} …`];
      }),
    ),
    ...sections,
  ]);
}

const howToRead = [
  '**Reading on.** `event.list` answers a page of events and a `cursor`; give the cursor back as `after` and the next page begins where this one ended, whether a second or a year later. An event’s `id` is a cursor too: it says where the event stands in the log, and is the same whenever the event is read. Both are opaque text. The cursor moves past what a filter leaves out, so an empty page with another cursor than the one given means that there may be more. The service reads the full payload; subjects and devices read the public one, with `context: null`, of what they may see. Fields may be added to a payload; a reader ignores what it does not know.',
  '**As it happens.** `event.stream` is the same log with the same filters, told on and on: from the present end, from the start, or after the last event somebody has. It ends only with its connection; a client that comes back says the last id it was given and misses nothing. `authorizationRequest.watch` tells one request: first an `authorization_request.snapshot`, which is shaped like an event, holds the request as `data.request` and is in no log, then its events until it is over. It does not wait for the horizon.',
  '**Order, and the horizon.** Events are in the order of their transactions, not in the order in which somebody counted them: a number taken early can be committed late, and a reader who has gone on from it would never see it. Therefore the log shows an event once every transaction older than its own has ended, and not before (this limit is the horizon); nothing can then appear before what was already read. The events of one thing always stand in the order of their `sequence`. The price is delay: one transaction that stays open and writes, anywhere in the same PostgreSQL cluster, holds back what comes after it, though it loses nothing. What a call answers is never delayed by this.',
];

/** `authorization_request` of `authorization_request.granted`. */
function familyOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}

function section(type: string, { summary, full, public: shown }: EventKind): string {
  const fields = fieldsOf(jsonSchemaOf(full, 'output'));
  const seen = new Map(fieldsOf(jsonSchemaOf(shown, 'output')).map((field) => [field.name, field.type]));
  for (const [name, what] of seen) {
    if (fields.find((field) => field.name === name)?.type !== what)
      throw new Error(`${type}: the public ${name} is not in the full payload`);
  }
  const rows = fields.map(({ name, type: what }) => [code(name), what, seen.has(name) ? 'yes' : 'no']);
  const payload =
    rows.length === 0 ? 'No payload.' : table(['payload', 'what', 'also for subjects and devices'], rows);
  return `### ${type}\n\n${summary}\n\n${payload}`;
}
