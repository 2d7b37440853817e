import { eventCatalog } from '../../packages/core/src/event/catalog.ts';
import type { EventKind } from '../../packages/core/src/event/catalog/kind.ts';
import { jsonSchemaOf, type JsonSchema } from '../generate-docs/json-schema.ts';
import { docComment } from './doc-comment.ts';
import { pascalCase } from './names.ts';
import { objectText } from './type-text.ts';

/** Every type of event as an interface, and the maps that join them. */
export function eventTypesText(envelope: JsonSchema): string[] {
  const { type: _, data: __, ...properties } = envelope.properties ?? {};
  const kinds = Object.entries<EventKind>(eventCatalog);
  return [
    `/** What all events have. */\nexport interface EventEnvelope ${objectText({ ...envelope, properties }, 'output', 'Event')}`,
    ...kinds.map(([type, kind]) => eventText(type, kind)),
    `/** Every event, by its type. */\nexport interface EventByType {\n${kinds
      .map(([type, { summary }]) => `/** ${summary} */\n'${type}': ${pascalCase(type)}Event;`)
      .join('\n')}\n}`,
    '/** What the log tells of: a closed list. */\nexport type EventType = keyof EventByType;',
    "/** One fact in the past. Told apart by `type`: `if (event.type === 'authorization_request.granted') event.data.method`. */\nexport type Event = EventByType[EventType];",
  ];
}

/** The service reads the full payload, subjects and devices the public one: what only the first has is optional. */
function eventText(type: string, { summary, full, public: shown }: EventKind): string {
  const { properties = {}, required = [] } = jsonSchemaOf(full, 'output');
  const seen = jsonSchemaOf(shown, 'output').required ?? [];
  const schema: JsonSchema = {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, field]) => [
        key,
        seen.includes(key) ? field : { ...field, description: serviceOnly(field) },
      ]),
    ),
    required: required.filter((key) => seen.includes(key)),
  };
  const data = objectText(schema, 'output', type);
  return `${docComment([summary])}export interface ${pascalCase(type)}Event extends EventEnvelope {\ntype: '${type}';\ndata: ${data};\n}`;
}

function serviceOnly({ description }: JsonSchema): string {
  return [description, 'For the service only.'].filter((part) => part !== undefined).join(' ');
}
