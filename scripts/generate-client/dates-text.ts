import { eventCatalog } from '../../packages/core/src/event/catalog.ts';
import { jsonSchemaOf, type JsonSchema } from '../generate-docs/json-schema.ts';
import { namedSchemas } from './described-procedures.ts';
import { camelCase } from './names.ts';

/** Where dates stand in a value, as source text, and the constants that the text mentions. */
export interface DatesText {
  readonly text: string;
  readonly mentions: readonly string[];
}

/** Undefined when it holds none. `at` names the place, for a message. */
export function datesText(schema: JsonSchema, at: string): DatesText | undefined {
  if (schema.isDate) return { text: 'true', mentions: [] };
  if (schema.$ref !== undefined) return mention(nameOf(schema.$ref));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return datesOfUnion(alternatives, at);
  if (schema.items !== undefined) {
    const each = datesText(schema.items, `${at}[]`);
    return each && { text: `[${each.text}]`, mentions: each.mentions };
  }
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const dates = datesText(field, `${at}.${key}`);
    return dates ? [{ key, ...dates }] : [];
  });
  if (fields.length === 0) return undefined;
  const texts = fields.map(({ key, text }) => (key === text ? key : `${key}: ${text}`));
  return { text: `{ ${texts.join(', ')} }`, mentions: fields.flatMap(({ mentions }) => mentions) };
}

/** A value does not say which alternative it is: one of them must be right for all. */
function datesOfUnion(alternatives: readonly JsonSchema[], at: string): DatesText | undefined {
  const fitting = alternatives.find((each) => alternatives.every((other) => coversDates(each, other)));
  if (fitting === undefined) throw new Error(`${at}: the alternatives hold their dates in different places`);
  return datesText(fitting, at);
}

/** Whether reviving a value of `other` by the dates of `schema` finds all of its dates and harms nothing else. */
function coversDates(schema: JsonSchema, other: JsonSchema): boolean {
  const [wide, narrow] = [resolved(schema), resolved(other)];
  if (narrow.type === 'null') return true;
  const alternatives = narrow.anyOf ?? narrow.oneOf;
  if (alternatives !== undefined) return alternatives.every((each) => coversDates(wide, each));
  const [datesOfWide, datesOfNarrow] = [datesText(wide, ''), datesText(narrow, '')];
  if (datesOfWide?.text === datesOfNarrow?.text) return true;
  if (wide.properties === undefined || narrow.properties === undefined) return false;
  return Object.entries(narrow.properties).every(([key, field]) => {
    const match = wide.properties?.[key];
    return match === undefined ? datesText(field, '') === undefined : coversDates(match, field);
  });
}

function resolved(schema: JsonSchema): JsonSchema {
  return schema.$ref === undefined ? schema : schemaOf(nameOf(schema.$ref));
}

function nameOf(reference: string): string {
  return reference.replace('#/$defs/', '');
}

/** The payload of an event is one of the catalogue's, which its schema leaves open. */
function schemaOf(name: string): JsonSchema {
  const schema = namedSchemas.get(name)?.schema;
  if (schema === undefined) throw new Error(`no schema is called ${name}`);
  if (name !== 'Event') return schema;
  const payloads = Object.values(eventCatalog).map(({ full }) => jsonSchemaOf(full, 'output'));
  return { ...schema, properties: { ...schema.properties, data: { anyOf: payloads } } };
}

function mention(name: string): DatesText | undefined {
  return datesOf(name) && { text: camelCase(name), mentions: [camelCase(name)] };
}

/** Filled from the leaves up: in the order of this map each constant stands after those it mentions. */
const namedDates = new Map<string, DatesText | undefined>();

function datesOf(name: string): DatesText | undefined {
  if (!namedDates.has(name)) namedDates.set(name, datesText(schemaOf(name), name));
  return namedDates.get(name);
}

/** The dates of every named schema that holds some, each after those it mentions. */
export function everyNamedDates(): [name: string, dates: DatesText][] {
  for (const name of namedSchemas.keys()) datesOf(name);
  return [...namedDates].flatMap(([name, dates]) => (dates ? [[name, dates]] : []));
}
